/** A code to a contact that is confirmed already: whoever enters it can read what the owner is sent (R45). */

import {
  type Challenge,
  countTry,
  hashCode,
  newCode,
  pass,
  requireNotThrottled,
  wrongAnswer,
} from "../challenges/challenge.ts";
import { requireNotEnded } from "../credentials/proven-account.ts";
import { findDevice, requireStillIn } from "../device.ts";
import { type Asking, callerDevice } from "../devices/admission.ts";
import { speaksFor, withContactCode } from "../devices/young.ts";
import { Failure } from "../failure.ts";
import { newId } from "../id.ts";
import { alarm, type Outbox } from "../messages/announcement.ts";
import type { OwnerRecord } from "../owner/owner-record.ts";
import { devicesOf, headsOf, type OwnerState } from "../owner/owner-state.ts";
import { changeRecord, devicesIn, type OwnerStore, type StoredOwner } from "../owner/owner-store.ts";
import { type KeyedHash, sameHash } from "../sealing/keyed-hash.ts";
import { askForCode, type Sending, sendCode } from "./code-sending.ts";
import { type Contact, requireContact } from "./contact.ts";

type CodePorts = { owners: OwnerStore; keyedHash: KeyedHash };

/** A code, and the challenge that it is the answer to, whichever contact it then goes to. */
export async function newContactCode(
  { keyedHash }: Pick<CodePorts, "keyedHash">,
  { caller, now }: Asking,
): Promise<{ code: string; challengeFor(contact: Contact): Challenge }> {
  const [id, code] = [newId(), newCode()];
  const codeHash = await hashCode(keyedHash, id, code);
  const shared = { id, device: caller.device, createdAt: now, attempts: 0, codeHash };
  return { code, challengeFor: (contact) => ({ ...shared, kind: "contact", contact: contact.id }) };
}

/**
 * Sends one, where it would speak for the device. Fails as `contact-not-found`, `contact-unusable`,
 * `too-many-messages` or `too-many-tries`.
 */
export async function sendContactCode(
  stores: CodePorts & Sending,
  asking: Asking,
  id: string,
  { contactCoolingOffHours: coolingOffHours }: { contactCoolingOffHours: number },
): Promise<{ contact: Contact; challenge: Challenge }> {
  const { caller, held, now } = asking;
  const { code, challengeFor } = await newContactCode(stores, asking);
  const devices = devicesIn(held);
  const find = (record: OwnerRecord) => {
    requireNotEnded(record, caller.device);
    requireNotThrottled(record, now);
    const contact = requireContact(record, id);
    const device = findDevice(devices, caller.device);
    if (device && speaksFor(contact, device, devices, { coolingOffHours, now })) return { contact, record };
    throw new Failure(
      "contact-unusable",
      "This takes a contact that was confirmed before this device came, and not by a device as new as this one.",
    );
  };
  const send = (contact: Contact) => sendCode(stores, caller.owner, contact, code, now);
  return await askForCode(stores.owners, caller.owner, held, { challengeFor, now }, find, send);
}

type Compared = {
  challenge: Challenge & { kind: "contact" };
  counted: { record: OwnerRecord; held: StoredOwner | undefined };
};

/**
 * The try is counted before it is compared. Fails as `contact-not-found`, `challenge-not-found`,
 * `answer-wrong` or `too-many-tries`.
 */
export async function compareCode(
  { owners, keyedHash }: CodePorts,
  { caller, held, now }: Asking,
  { id, code }: { id: string; code: string },
): Promise<Compared> {
  const { owner, device } = caller;
  const count = (record: OwnerRecord) => {
    requireContact(record, id);
    const open = record.challenges.find(
      (each) => each.kind === "contact" && each.contact === id && each.device === device,
    );
    const answered = { id: open?.id ?? "", device, kinds: ["contact"] as const };
    const counted = countTry(record, answered, now);
    return { result: counted.challenge, record: counted.record };
  };
  const { result: challenge, ...counted } = await changeRecord(owners, owner, now, count, held);
  const expected = challenge.kind === "contact" ? challenge.codeHash : "";
  const isRight = sameHash(await hashCode(keyedHash, challenge.id, code), expected);
  if (challenge.kind === "contact" && isRight) return { challenge, counted };
  throw wrongAnswer(challenge);
}

/** All contacts are told before it counts. */
export async function noteCode(
  { owners, outbox }: Pick<CodePorts, "owners"> & { outbox: Outbox },
  asking: Asking,
  { challenge, counted }: Compared,
  coolingOffHours: number,
): Promise<Contact> {
  const { caller, now } = asking;
  const told = { kind: "code-entered" as const, id: `code-entered ${challenge.id}` };
  await alarm(outbox, caller.owner, { ...told, device: callerDevice(asking), record: counted.record, now });
  const note = (latest: OwnerRecord, state: OwnerState) => {
    requireStillIn(caller, devicesOf(headsOf(state)));
    const contact = requireContact(latest, challenge.contact);
    const next = withContactCode(state, caller.device, contact, { record: latest, coolingOffHours, now });
    return { result: contact, record: pass(latest, challenge), state: next };
  };
  return (await changeRecord(owners, caller.owner, now, note, counted.held)).result;
}
