/** Adds, confirms and removes contacts; announces every change to all the others (R19). */

import { pass, requireNotThrottled } from "../challenges/challenge.ts";
import { requireNotEnded } from "../credentials/proven-account.ts";
import type { AlarmDevice } from "../device.ts";
import { type Asking, callerDevice } from "../devices/admission.ts";
import { requireRight, youngUntilIn } from "../devices/young.ts";
import { newId } from "../id.ts";
import { alarm, announce, type Outbox } from "../messages/announcement.ts";
import type { OwnerRecord } from "../owner/owner-record.ts";
import type { OwnerState } from "../owner/owner-state.ts";
import { changeRecord, type OwnerStore, recordIn } from "../owner/owner-store.ts";
import type { KeyedHash } from "../sealing/keyed-hash.ts";
import { requireFresh } from "../sign-in.ts";
import { askForCode, type Sending, sendCode } from "./code-sending.ts";
import {
  addresseesIn,
  type Contact,
  type Recipient,
  requireContact,
  withContact,
  withoutContact,
  withVerified,
} from "./contact.ts";
import { compareCode, newContactCode, noteCode } from "./contact-code.ts";

export type ContactPorts = { owners: OwnerStore; keyedHash: KeyedHash; outbox: Outbox };

/**
 * Returns the contact once its code is queued. A confirmed contact gets no code; only its language changes.
 * Repeating this sends another code. Fails as `too-many-contacts`, `too-many-messages`, `too-many-tries` or
 * `device-too-new`.
 */
export async function addContact(
  stores: ContactPorts & Sending,
  asking: Asking,
  offered: Recipient,
  { contactCoolingOffHours }: { contactCoolingOffHours: number },
): Promise<Contact> {
  const { owners } = stores;
  const { caller, held, now } = asking;
  const entry = { ...offered, id: newId(), addedAt: now, addedBy: caller.device };
  const before = await recordIn(held);
  const known = withContact(before, entry).contact;
  if (known.verifiedAt) return await changeLanguage(stores, asking, before, known, contactCoolingOffHours);
  const { code, challengeFor } = await newContactCode(stores, asking);
  const find = (record: OwnerRecord) => {
    requireNotEnded(record, caller.device);
    requireNotThrottled(record, now);
    return withContact(record, entry);
  };
  const asked = { challengeFor, now };
  const send = (contact: Contact) => sendCode(stores, caller.owner, contact, code, now);
  const added = await askForCode(owners, caller.owner, held, asked, find, send);
  return added.contact;
}

const isNoOlder = ({ addedAt }: Contact, { registeredAt }: AlarmDevice) => addedAt >= registeredAt;

/** Announced like every change; does nothing if the language is the same. */
async function changeLanguage(
  { owners, outbox }: ContactPorts,
  asking: Asking,
  record: OwnerRecord,
  { channel, address, language, id }: Contact,
  coolingOffHours: number,
): Promise<Contact> {
  const { caller, held, now } = asking;
  const known = requireContact(record, id);
  if (known.language === language) return known;
  requireRight("add-contact", asking, coolingOffHours, isNoOlder(known, callerDevice(asking)));
  const told = { kind: "contact-changed" as const, device: callerDevice(asking), record, now };
  await alarm(outbox, caller.owner, told);
  const change = (latest: OwnerRecord) => {
    const found = requireContact(latest, id);
    const changed = withContact(latest, { ...found, channel, address, language });
    return { result: changed.contact, record: changed.record };
  };
  return (await changeRecord(owners, caller.owner, now, change, held)).result;
}

/**
 * A code to one that is confirmed already speaks for the device that it is entered on (R45). Fails as
 * `contact-not-found`, `challenge-not-found`, `answer-wrong` or `too-many-tries`.
 */
export async function confirmContact(
  stores: ContactPorts,
  asking: Asking,
  entered: { id: string; code: string },
  { contactCoolingOffHours: coolingOffHours }: { contactCoolingOffHours: number },
): Promise<Contact> {
  const { owners, outbox } = stores;
  const { caller, now } = asking;
  const { id } = entered;
  const device = callerDevice(asking);
  const { owner } = caller;
  const compared = await compareCode(stores, asking, entered);
  const { challenge, counted } = compared;
  const { address: confirmed, verifiedAt } = requireContact(counted.record, id);
  if (verifiedAt) return await noteCode(stores, asking, compared, coolingOffHours);
  const recipients = addresseesIn(counted.record, device, now).filter(({ address }) => address !== confirmed);
  const told = { device, recipients, now, id: `contact-added ${id}` };
  await announce(outbox, owner, { kind: "contact-added", ...told });
  const verify = (latest: OwnerRecord, state: OwnerState) => {
    requireNotEnded(latest, caller.device);
    const until = youngUntilIn(state, caller.device, coolingOffHours, now);
    const next = withVerified(pass(latest, challenge), id, { id: caller.device, youngUntil: until }, now);
    return { result: requireContact(next, id), record: next };
  };
  return (await changeRecord(owners, owner, now, verify, counted.held)).result;
}

/**
 * Also notifies the removed contact, which keeps getting announcements for a while. Fails as
 * `contact-not-found`, `device-too-new`, or as `requireFresh` does for the last confirmed one.
 */
export async function removeContact(
  { owners, outbox }: Pick<ContactPorts, "owners" | "outbox">,
  asking: Asking,
  id: string,
  policy: { contactCoolingOffHours: number; signInMaxAgeSeconds: number },
): Promise<void> {
  const { caller, held, now } = asking;
  const device = callerDevice(asking);
  const before = await recordIn(held);
  const isOwn = isNoOlder(requireContact(before, id), device);
  requireRight("remove-contact", asking, policy.contactCoolingOffHours, isOwn);
  const removal = { by: device, coolingOffHours: policy.contactCoolingOffHours, now };
  const fresh = () => requireFresh(caller, now, policy.signInMaxAgeSeconds);
  const record = withoutContact(before, id, removal, fresh);
  // A contact that came back may be removed again, but never by the same device, which was ended.
  const told = { kind: "contact-removed" as const, id: `contact-removed ${id} ${caller.device}` };
  await alarm(outbox, caller.owner, { ...told, device, record, now });
  const remove = (latest: OwnerRecord) => {
    requireNotEnded(latest, caller.device);
    const isGone = latest.contacts.every((contact) => contact.id !== id);
    return { result: undefined, record: isGone ? latest : withoutContact(latest, id, removal, fresh) };
  };
  await changeRecord(owners, caller.owner, now, remove, held);
}
