/** Where an owner can be reached besides the app: addresses and numbers, each confirmed by a code before it counts (R19). */
import * as z from "zod";
import { HOUR, later } from "./clock.ts";
import { Failure } from "./failure.ts";
import { Id } from "./id.ts";
import { Language } from "./language.ts";
import type { OwnerRecord } from "./owner-record.ts";

export const Channel = z.enum(["email", "phone"]);

/** `address`: an e-mail address, or a number as E.164 writes it. */
export const Recipient = z.strictObject({ channel: Channel, address: z.string(), language: Language });
export type Recipient = z.infer<typeof Recipient>;

export const Contact = Recipient.extend({
  id: Id,
  addedAt: z.coerce.date(),
  verifiedAt: z.coerce.date().optional(),
});
export type Contact = z.infer<typeof Contact>;
type Verified = Contact & { verifiedAt: Date };

const MAX_CONTACTS = 10;

const isVerified = (contact: Contact): contact is Verified => contact.verifiedAt !== undefined;
export const verifiedContacts = ({ contacts }: OwnerRecord): Verified[] => contacts.filter(isVerified);

export const recipientsIn = (record: OwnerRecord): Recipient[] =>
  verifiedContacts(record).map(({ channel, address, language }) => ({ channel, address, language }));

/** Fails as `contact-not-found`. */
export function requireContact({ contacts }: OwnerRecord, id: string): Contact {
  const contact = contacts.find((each) => each.id === id);
  if (contact) return contact;
  throw new Failure("contact-not-found", "There is no such contact.");
}

/** The contact with this address: the one that is there, written to in this language from now on, or a new one. Fails as `too-many-contacts`. */
export function withContact(
  record: OwnerRecord,
  offered: Contact,
): { contact: Contact; record: OwnerRecord } {
  const known = record.contacts.find(
    ({ channel, address }) => channel === offered.channel && address === offered.address,
  );
  if (known) {
    const contact = { ...known, language: offered.language };
    const contacts = record.contacts.map((each) => (each === known ? contact : each));
    return { contact, record: { ...record, contacts } };
  }
  if (record.contacts.length >= MAX_CONTACTS) {
    throw new Failure("too-many-contacts", `${MAX_CONTACTS} contacts are registered already.`);
  }
  return { contact: offered, record: { ...record, contacts: [...record.contacts, offered] } };
}

/** Fails as `contact-not-found` if it was removed meanwhile. */
export function withVerified(record: OwnerRecord, id: string, now: Date): OwnerRecord {
  const contact = requireContact(record, id);
  const verified = { ...contact, verifiedAt: contact.verifiedAt ?? now };
  return { ...record, contacts: record.contacts.map((each) => (each.id === id ? verified : each)) };
}

/** Fails as `contact-not-found`, or as the caller says if it is the last verified one. */
export function withoutContact(
  record: OwnerRecord,
  id: string,
  now: Date,
  requireFresh: () => void,
): OwnerRecord {
  const contact = requireContact(record, id);
  const isLast = isVerified(contact) && verifiedContacts(record).length === 1;
  if (isLast) requireFresh();
  return {
    ...record,
    contacts: record.contacts.filter((each) => each.id !== id),
    ...(isVerified(contact) && { contactRemovedAt: now }),
  };
}

/**
 * A contact that step-up may use. A new one has to wait while an older one exists, or did until lately: whoever has just
 * come in could otherwise remove the owner's and use their own. Fails as `contact-not-found` or `contact-unusable`.
 */
export function requireUsable(record: OwnerRecord, id: string, coolingOffHours: number, now: Date): Verified {
  const contact = requireContact(record, id);
  if (!isVerified(contact)) throw unusable("The contact isn't confirmed yet.", 0);
  const usableAt = later(contact.verifiedAt, coolingOffHours * HOUR);
  const older = verifiedContacts(record).some(({ verifiedAt }) => verifiedAt < contact.verifiedAt);
  const removed = record.contactRemovedAt && later(record.contactRemovedAt, coolingOffHours * HOUR) > now;
  if (usableAt <= now || !(older || removed)) return contact;
  throw unusable("The contact is too new.", Math.ceil((usableAt.getTime() - now.getTime()) / 1000));
}

const unusable = (detail: string, seconds: number) =>
  new Failure("contact-unusable", detail, seconds > 0 ? { usableInSeconds: seconds } : {});

/** Enough for its owner to know it by, too little for anybody else. */
export function masked({ channel, address }: Recipient): string {
  if (channel === "phone")
    return `${address.slice(0, 3)}${"•".repeat(address.length - 5)}${address.slice(-2)}`;
  const [name = "", domain = ""] = address.split("@");
  const top = domain.slice(domain.lastIndexOf("."));
  return `${name.slice(0, 1)}•••@${domain.slice(0, 1)}•••${top}`;
}
