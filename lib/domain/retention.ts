/** What an owner's record holds for a while only: challenges until they expire, removed contacts until they are told no longer (R35). */
import { expiresAt } from "./challenge.ts";
import type { OwnerRecord } from "./owner-record.ts";
import { stillKept } from "./removed-contact.ts";

export const withoutOutlived = (record: OwnerRecord, now: Date): OwnerRecord => ({
  ...record,
  challenges: record.challenges.filter((each) => expiresAt(each) > now),
  removedContacts: stillKept(record, now),
});

/** When the earliest of it is to go. */
export function outlivedAt({ challenges, removedContacts }: OwnerRecord): Date | undefined {
  const [first] = [
    ...challenges.map(expiresAt),
    ...removedContacts.map(({ keptUntil }) => keptUntil),
  ].toSorted((one, other) => Number(one) - Number(other));
  return first;
}
