/** A fresh code credential for one that was lost on its way: told first, like every credential that is issued (R14, R25). */
import type { BoundAccount } from "./account.ts";
import { alarm, type Outbox } from "./announcement.ts";
import type { CredentialStore } from "./credential.ts";
import type { Subject } from "./device.ts";
import { issueCodes, withBindings } from "./issue.ts";
import type { Caller } from "./owner.ts";
import type { OwnerRecord } from "./owner-record.ts";
import { changeRecord, type OwnerStore, recordIn, type StoredOwner } from "./owner-store.ts";

type Stores = { owners: OwnerStore; credentials: CredentialStore; outbox: Outbox };
type Renewal = { caller: Caller; device: Subject; recovery: string; account: BoundAccount; now: Date };

/** The otpauth URI. Fails as `account-bound-elsewhere`, `too-many-accounts` or `device-revoked`. */
export async function renewCode(
  { owners, credentials, outbox }: Stores,
  held: StoredOwner | undefined,
  { caller, device, recovery, account, now }: Renewal,
): Promise<string> {
  const { owner } = caller;
  const bind = (record: OwnerRecord) => ({
    result: undefined,
    record: withBindings(record, caller, [account], now),
  });
  const record = await recordIn(held);
  // Check every later refusal first; only then tell, and issue.
  bind(record);
  await alarm(outbox, owner, { kind: "credential-issued", device, recovery, record, now });
  await changeRecord(owners, owner, now, bind, held);
  const [uri = ""] = await issueCodes(credentials, caller, [account], now);
  return uri;
}
