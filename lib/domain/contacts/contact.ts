/** Contacts: an owner's e-mail addresses and phone numbers; each counts once a code confirmed it (R19). */
import * as z from "zod";
import { HOUR, later } from "../clock.ts";
import { Failure } from "../failure.ts";
import { Id } from "../id.ts";
import { type Loose, loose } from "../loose.ts";
import { Language } from "../messages/language.ts";
import { DeviceId } from "../owner.ts";

export const Channel = z.enum(["email", "phone"]);

/** `address`: an e-mail address or an E.164 number. */
const recipient = { channel: Channel, address: z.string(), language: Language };
export type Recipient = Loose<typeof recipient>;
export const Recipient = loose(recipient);

/** A recipient of an announcement. `link`: include the link that ends the device in question. */
export const Addressee = loose({ ...recipient, link: z.boolean().optional() });
export type Addressee = z.infer<typeof Addressee>;

/**
 * `addedBy`: the device that added it; once confirmed, the device that confirmed it. `youngUntil`: until when
 * that one was young, if it was (R45).
 */
const contact = {
  ...recipient,
  id: Id,
  addedAt: z.coerce.date(),
  addedBy: DeviceId.optional(),
  verifiedAt: z.coerce.date().optional(),
  youngUntil: z.coerce.date().optional(),
};
export type Contact = Loose<typeof contact>;
export const Contact = loose(contact);
/** `byNewer`: the removing device came after the contact was confirmed, so it may have robbed the owner. */
export const RemovedContact = loose({
  ...contact,
  verifiedAt: z.coerce.date(),
  removedBy: DeviceId,
  byNewer: z.boolean(),
  keptUntil: z.coerce.date(),
});
export type RemovedContact = z.infer<typeof RemovedContact>;
type Verified = Contact & { verifiedAt: Date };

/** The contacts in an owner's record. `contactRemovedAt`: the last removal of a confirmed one. */
type Contacts = {
  contacts: Contact[];
  removedContacts: RemovedContact[];
  contactRemovedAt?: Date | undefined;
};

const MAX_CONTACTS = 10;

const isVerified = (contact: Contact): contact is Verified => contact.verifiedAt !== undefined;
export const verifiedContacts = ({ contacts }: Pick<Contacts, "contacts">): Verified[] =>
  contacts.filter(isVerified);

export const recipientsIn = (record: Contacts, now: Date): Recipient[] =>
  addresseesIn(record, undefined, now).map(({ link: _, ...recipient }) => recipient);

/**
 * Everyone to notify, each address once, including lately removed contacts. The link that ends a device goes
 * only to contacts confirmed before the device came, and to a removed one only if a newer device removed it:
 * a thief can't add a contact and end the owner's own phones, and an owner who is robbed of a contact still
 * gets the link. One that a young device confirmed counts as confirmed when that isn't young any more, or a
 * thief could end the phone by which the owner comes back.
 */
export function addresseesIn(
  record: Contacts,
  device: { registeredAt: Date } | undefined,
  now: Date,
): Addressee[] {
  const all = [
    ...verifiedContacts(record).map((contact) => ({ contact, mayEnd: true })),
    ...stillKept(record, now).map((contact) => ({ contact, mayEnd: contact.byNewer })),
  ];
  const addressees = new Map<string, Addressee>();
  for (const { contact, mayEnd } of all) {
    const { channel, address, language, verifiedAt, youngUntil = verifiedAt } = contact;
    const key = `${channel} ${address}`;
    const isOlder = device !== undefined && youngUntil < device.registeredAt;
    const link = (mayEnd && isOlder) || addressees.get(key)?.link === true;
    addressees.set(key, { channel, address, language, ...(link && { link }) });
  }
  return [...addressees.values()];
}

/** Fails as `contact-not-found`. */
export function requireContact({ contacts }: Pick<Contacts, "contacts">, id: string): Contact {
  const contact = contacts.find((each) => each.id === id);
  if (contact) return contact;
  throw new Failure("contact-not-found", "There is no such contact.");
}

/**
 * The contact with this address: the known one, with the new language, or a new one. Fails as
 * `too-many-contacts`.
 */
export function withContact<R extends Contacts>(
  record: R,
  offered: Contact,
): { contact: Contact; record: R } {
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

/** `youngUntil`: of the device, if it is young. Fails as `contact-not-found` if it was removed meanwhile. */
export function withVerified<R extends Contacts>(
  record: R,
  id: string,
  by: { id: DeviceId; youngUntil?: Date | undefined },
  now: Date,
): R {
  const contact = requireContact(record, id);
  const { youngUntil } = by;
  const confirmed = { ...contact, addedBy: by.id, verifiedAt: now, ...(youngUntil && { youngUntil }) };
  const verified = isVerified(contact) ? contact : confirmed;
  return { ...record, contacts: record.contacts.map((each) => (each.id === id ? verified : each)) };
}

/** Fails as `contact-not-found`, or as `requireFresh` does for the last confirmed one. */
export function withoutContact<R extends Contacts>(
  record: R,
  id: string,
  removal: Removal,
  requireFresh: () => void,
): R {
  const contact = requireContact(record, id);
  const isLast = isVerified(contact) && verifiedContacts(record).length === 1;
  if (isLast) requireFresh();
  return {
    ...record,
    contacts: record.contacts.filter((each) => each.id !== id),
    ...(isVerified(contact) && {
      contactRemovedAt: removal.now,
      removedContacts: withRemoved(record, contact, removal),
    }),
  };
}

/**
 * A contact that step-up may use. A new one must wait while an older one exists or did until lately:
 * otherwise an intruder could replace the owner's contacts with their own. Fails as `contact-not-found` or
 * `contact-unusable`.
 */
export function requireUsable(record: Contacts, id: string, coolingOffHours: number, now: Date): Verified {
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

/** Enough for its owner to recognise it, too little for anyone else. */
export function masked({ channel, address }: Recipient): string {
  if (channel === "phone")
    return `${address.slice(0, 3)}${"•".repeat(address.length - 5)}${address.slice(-2)}`;
  const [name = "", domain = ""] = address.split("@");
  const top = domain.slice(domain.lastIndexOf("."));
  return `${name.slice(0, 1)}•••@${domain.slice(0, 1)}•••${top}`;
}

/** `registeredAt`: of the removing device. */
export type Removal = {
  by: { id: DeviceId; registeredAt: Date };
  coolingOffHours: number;
  now: Date;
};

/** The removed contacts, including this one. */
const withRemoved = (
  record: Contacts,
  contact: Verified,
  { by, coolingOffHours, now }: Removal,
): RemovedContact[] => [
  ...record.removedContacts,
  {
    ...contact,
    removedBy: by.id,
    byNewer: by.registeredAt > contact.verifiedAt,
    keptUntil: later(now, coolingOffHours * HOUR),
  },
];

export const stillKept = (
  { removedContacts }: Pick<Contacts, "removedContacts">,
  now: Date,
): RemovedContact[] => removedContacts.filter(({ keptUntil }) => keptUntil > now);

/** Whether no other was confirmed before; lately removed ones count, too. */
export const isEldest = (record: Contacts, { verifiedAt }: Contact, now: Date): boolean =>
  verifiedAt !== undefined &&
  [...verifiedContacts(record), ...stillKept(record, now)].every((each) => verifiedAt <= each.verifiedAt);

/**
 * Undoes what the device did within the cooling-off time: removes contacts that it added, brings back those
 * that it removed.
 */
export function undoContactsOf<R extends Contacts>(
  record: R,
  device: DeviceId,
  coolingOffHours: number,
  now: Date,
): R {
  const theirs = ({ addedBy, addedAt, verifiedAt = addedAt }: Contact) =>
    addedBy === device && later(verifiedAt, coolingOffHours * HOUR) > now;
  const removed = stillKept(record, now).filter((contact) => !theirs(contact));
  const back = removed
    .filter(({ removedBy }) => removedBy === device)
    .map(({ removedBy: _, byNewer: __, keptUntil: ___, ...contact }): Contact => contact);
  const isBack = ({ channel, address }: Contact) =>
    back.some((each) => each.channel === channel && each.address === address);
  const others = record.contacts.filter((contact) => !theirs(contact) && !isBack(contact));
  return {
    ...record,
    contacts: [...back, ...others],
    removedContacts: removed.filter(({ removedBy }) => removedBy !== device),
  };
}
