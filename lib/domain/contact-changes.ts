/** Adding, confirming and removing contacts; every change is told to all the others (R19). */
import { alarm, announce, type Outbox } from "./announcement.ts";
import {
  type Challenge,
  countTry,
  hashCode,
  newCode,
  pass,
  requirePatience,
  withChallenge,
  wrongAnswer,
} from "./challenge.ts";
import {
  addresseesIn,
  type Contact,
  type Recipient,
  requireContact,
  withContact,
  withoutContact,
  withVerified,
} from "./contact.ts";
import type { Subject } from "./device.ts";
import { newId } from "./id.ts";
import type { Caller } from "./owner.ts";
import { changeRecord, type RecordStore, readRecord } from "./owner-record.ts";
import { type Peppers, sameHash } from "./pepper.ts";
import { withSend } from "./send-limits.ts";

export type Stores = { records: RecordStore; peppers: Peppers; outbox: Outbox };
type Asking = { caller: Caller; device: Subject; now: Date };

type Added = { contact: Contact; code: string | undefined };

/**
 * The contact, and the code to send to it; none if it is confirmed already. Adding it again sends another code.
 * Fails as `too-many-contacts`, `too-many-messages` or `too-many-tries`.
 */
export async function addContact(
  { records, peppers }: Stores,
  offered: Recipient,
  { caller, now }: Asking,
): Promise<Added> {
  const [id, code] = [newId(), newCode()];
  const codeHash = await hashCode(peppers, id, code);
  const { result } = await changeRecord<Added>(records, caller.owner, (held) => {
    const { contact, record } = withContact(held, {
      ...offered,
      id: newId(),
      addedAt: now,
      addedBy: caller.device,
    });
    if (contact.verifiedAt) return { result: { contact, code: undefined }, record };
    requirePatience(held, now);
    const shared = { id, device: caller.device, createdAt: now, attempts: 0 };
    const challenge: Challenge = { ...shared, kind: "contact", contact: contact.id, codeHash };
    return {
      result: { contact, code },
      record: withChallenge(withSend(record, contact.address, now), challenge, now),
    };
  });
  return result;
}

/** Fails as `contact-not-found`, `challenge-not-found`, `answer-wrong` or `too-many-tries`. */
export async function confirmContact(
  { records, peppers, outbox }: Stores,
  { id, code }: { id: string; code: string },
  { caller, device, now }: Asking,
): Promise<Contact> {
  const { result: challenge, record: counted } = await changeRecord(records, caller.owner, (record) => {
    requireContact(record, id);
    const open = record.challenges.find((each) => each.kind === "contact" && each.contact === id);
    const answered = { id: open?.id ?? "", device: caller.device, kinds: ["contact"] as const };
    const counted = countTry(record, answered, now);
    return { result: counted.challenge, record: counted.record };
  });
  const expected = challenge.kind === "contact" ? challenge.codeHash : "";
  if (!sameHash(await hashCode(peppers, challenge.id, code), expected)) throw wrongAnswer(challenge);
  const recipients = addresseesIn(counted, device, now).filter(
    ({ address }) => address !== requireContact(counted, id).address,
  );
  const told = { device, recipients, now, id: `contact-added ${id}` };
  await announce(outbox, caller.owner, { kind: "contact-added", ...told });
  const { result } = await changeRecord(records, caller.owner, (latest) => {
    const next = withVerified(pass(latest, challenge), id, caller.device, now);
    return { result: requireContact(next, id), record: next };
  });
  return result;
}

/** The one that is removed is told, too, and goes on to be for a while. Fails as `contact-not-found`, or as `requireFresh` does for the last confirmed one. */
export async function removeContact(
  { records, outbox }: Stores,
  id: string,
  { caller, device, now }: Asking,
  coolingOffHours: number,
  requireFresh: () => void,
): Promise<void> {
  const before = await readRecord(records, caller.owner);
  const removal = { by: device, coolingOffHours, now };
  const record = withoutContact(before, id, removal, requireFresh);
  const told = { kind: "contact-removed" as const, id: `contact-removed ${id}` };
  await alarm(outbox, caller.owner, { ...told, device, record, now });
  await changeRecord(records, caller.owner, (record) => ({
    result: undefined,
    record: withoutContact(record, id, removal, requireFresh),
  }));
}
