/** What the service remembers of an owner beside their backups: contacts, proven accounts, open challenges, failures, messages sent. */
import * as z from "zod";
import { Anchor, emptyLog } from "./activity.ts";
import { Binding } from "./binding.ts";
import { Challenge } from "./challenge.ts";
import { Contact, RemovedContact } from "./contact.ts";
import { DeviceId, type OwnerId } from "./owner.ts";
import { outlivedAt, withoutOutlived } from "./retention.ts";
import { Sent } from "./send-limits.ts";
import { type Change, change, type Store, type Stored } from "./store.ts";
import { Failures, noFailures } from "./throttle.ts";

export const OwnerRecord = z.strictObject({
  contacts: z.array(Contact),
  removedContacts: z.array(RemovedContact).default([]),
  /** When a confirmed contact was last removed. */
  contactRemovedAt: z.coerce.date().optional(),
  /** When contacts were last told of a device that isn't registered. */
  newcomerToldAt: z.coerce.date().optional(),
  bindings: z.array(Binding),
  /** Revoked devices: none of them gets a credential any more. */
  endedDevices: z.array(DeviceId),
  /** Of step-ups and confirmations, over all challenges. */
  failures: Failures,
  challenges: z.array(Challenge),
  sent: z.array(Sent),
  activity: Anchor,
});
export type OwnerRecord = z.infer<typeof OwnerRecord>;

export type RecordStore = Store<OwnerId, OwnerRecord>;

export const newRecord = (): OwnerRecord => ({
  contacts: [],
  removedContacts: [],
  bindings: [],
  endedDevices: [],
  failures: noFailures,
  challenges: [],
  sent: [],
  activity: emptyLog,
});

const recordIn = (stored: Stored<OwnerRecord> | undefined): OwnerRecord => stored?.value ?? newRecord();

export const readRecord = async (records: RecordStore, owner: OwnerId): Promise<OwnerRecord> =>
  recordIn(await records.find(owner));

type Next<R> = { result: R; record: OwnerRecord };

/** `change` for a record that may not be there yet; `held`: as it was read before. What is over by now leaves it. */
export async function changeRecord<R>(
  records: RecordStore,
  owner: OwnerId,
  now: Date,
  decide: (record: OwnerRecord) => Next<R>,
  held: Promise<Stored<OwnerRecord> | undefined> = records.find(owner),
): Promise<{ result: R; record: OwnerRecord }> {
  const { result, stored } = await change(records, owner, await held, (state): Change<OwnerRecord, R> => {
    const { result, record } = decide(recordIn(state));
    return { result, next: withoutOutlived(record, now) };
  });
  return { result, record: stored.value };
}

/** For owners who are idle: where nothing is over, or nothing there, nothing is written. */
export async function dropOutlived(records: RecordStore, owner: OwnerId, now: Date): Promise<void> {
  type Held = Stored<OwnerRecord> | undefined;
  await change(records, owner, await records.find(owner), (held): Change<OwnerRecord, void, Held> => {
    const dueAt = held && outlivedAt(held.value);
    if (!dueAt || dueAt > now) return { result: undefined, unchanged: held };
    return { result: undefined, next: withoutOutlived(held.value, now) };
  });
}
