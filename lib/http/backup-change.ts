/** Changes of a backup that are logged, and told where they take something away; before they are made (R18, R35). */
import { announce, type Outbox } from "../domain/announcement.ts";
import { addresseesIn } from "../domain/contact.ts";
import type { Head, HeadStore, StoredHead } from "../domain/head.ts";
import type { Caller, Place } from "../domain/owner.ts";
import { type RecordStore, readRecord } from "../domain/owner-record.ts";
import type { Change } from "../domain/store.ts";
import { callerDevice, changeAs, type Heads } from "./admit.ts";

type Stores = { heads: HeadStore; records: RecordStore; outbox: Outbox };
type Told = { kind: "backup-deleted" | "backup-undeleted" | "version-restored"; now: Date };

/** What is refused, or changes nothing, is neither logged nor told. */
export async function changeBackup(
  { heads: store, records, outbox }: Stores,
  { caller, heads, place }: { caller: Caller; heads: Heads; place: Place },
  { kind, now }: Told,
  decide: (held: StoredHead | undefined) => Change<Head, void>,
): Promise<StoredHead> {
  const held = heads[place.platform];
  if ("next" in decide(held)) {
    const device = callerDevice(caller, heads, now);
    const isLoss = kind === "backup-deleted";
    const recipients = isLoss ? addresseesIn(await readRecord(records, caller.owner), device, now) : [];
    await announce(outbox, caller.owner, { kind, device, recipients, now });
  }
  const { stored } = await changeAs({ caller, store, place, now }, held, decide);
  return stored;
}
