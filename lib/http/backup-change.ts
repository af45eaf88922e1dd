/** Changes of a backup that are logged, and told where they take something away; before they are made (R18, R35). */
import { announce, type Outbox } from "../domain/announcement.ts";
import { addresseesIn } from "../domain/contact.ts";
import type { Head, StoredHead } from "../domain/head.ts";
import type { Caller, Place } from "../domain/owner.ts";
import { headIn, headsOf } from "../domain/owner-state.ts";
import { type OwnerStore, recordIn, type StoredOwner } from "../domain/owner-store.ts";
import type { Change } from "../domain/store.ts";
import { callerDevice, changeAs } from "./admit.ts";

type Stores = { owners: OwnerStore; outbox: Outbox };
type Told = { kind: "backup-deleted" | "backup-undeleted" | "version-restored"; now: Date };

/** What is refused, or changes nothing, is neither logged nor told. */
export async function changeBackup(
  { owners, outbox }: Stores,
  { caller, held, place }: { caller: Caller; held: StoredOwner | undefined; place: Place },
  { kind, now }: Told,
  decide: (stored: StoredHead | undefined) => Change<Head, void>,
): Promise<StoredHead> {
  if ("next" in decide(headIn(held?.state, place.platform))) {
    const device = callerDevice(caller, headsOf(held?.state), now);
    const isLoss = kind === "backup-deleted";
    const recipients = isLoss ? addresseesIn(await recordIn(held), device, now) : [];
    await announce(outbox, caller.owner, { kind, device, recipients, now });
  }
  return (await changeAs({ caller, owners, place, now }, held, decide)).stored;
}
