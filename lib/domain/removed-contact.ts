/** Contacts that were removed: kept and told for a while, in case it was a thief who removed them (R18, R19). */
import { HOUR, later } from "./clock.ts";
import type { Contact, RemovedContact } from "./contact.ts";
import type { DeviceId } from "./owner.ts";
import type { OwnerRecord } from "./owner-record.ts";

/** `registeredAt`: of the device that removes it. */
export type Removal = {
  by: { id: DeviceId; registeredAt: Date };
  coolingOffHours: number;
  now: Date;
};

/** With this contact among those removed. */
export const withRemoved = (
  record: OwnerRecord,
  contact: Contact & { verifiedAt: Date },
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

export const stillKept = ({ removedContacts }: OwnerRecord, now: Date): RemovedContact[] =>
  removedContacts.filter(({ keptUntil }) => keptUntil > now);

/** As if the device had never been there: the contacts that it added are gone, those that it removed are back. */
export function undoContactsOf(record: OwnerRecord, device: DeviceId, now: Date): OwnerRecord {
  const theirs = ({ addedBy }: Contact) => addedBy === device;
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
