/** Renews a code credential that was lost on its way; notifies first, as every issue does (R14, R25). */
import type { DeviceBoundAccount } from "../account.ts";
import { type Asking, callerDevice, spendProof } from "../devices/admission.ts";
import { Failure } from "../failure.ts";
import { alarm, type Outbox } from "../messages/announcement.ts";
import type { OwnerRecord } from "../owner/owner-record.ts";
import { changeRecord, type OwnerStore, recordIn } from "../owner/owner-store.ts";
import type { Caller } from "../owner.ts";
import { type RecoveryStore, requireAccountState } from "../recovery/record.ts";
import { requireOpenRecovery } from "../step-up/step-up.ts";
import { type CredentialStore, mayRenew } from "./credential.ts";
import { issueCodes, withBindings } from "./issue.ts";

type RenewalPorts = {
  owners: OwnerStore;
  recoveries: RecoveryStore;
  credentials: CredentialStore;
  outbox: Outbox;
};

/**
 * The otpauth URI. Fails as `recovery-not-found`, `recovery-ended`, `account-not-in-recovery`,
 * `account-bound-elsewhere`, `too-many-accounts` or `device-revoked`, or as `spendProof` does.
 */
export async function renewCode(
  stores: RenewalPorts,
  asking: Asking,
  { recovery, account }: { recovery: string; account: DeviceBoundAccount },
): Promise<string> {
  const { owners, credentials, outbox } = stores;
  const { caller, now } = asking;
  const { owner } = caller;
  requireAccountState(await requireOpenRecovery(stores, asking, recovery), account, ["credential-sent"]);
  await requireNotEndedByProvider(credentials, account, caller);
  const held = await spendProof(owners, asking);
  const bind = (record: OwnerRecord) => ({
    result: undefined,
    record: withBindings(record, caller, [account], now),
  });
  const record = await recordIn(held);
  // Check every later refusal first; only then notify and issue.
  bind(record);
  const told = { kind: "credential-issued" as const, device: callerDevice(asking), recovery, record, now };
  await alarm(outbox, owner, told);
  const { held: after } = await changeRecord(owners, owner, now, bind, held);
  const [uri = ""] = await issueCodes(credentials, caller, after, [account], now);
  return uri;
}

/** Fails as `account-not-in-recovery` if the account's provider ended what was sent. */
async function requireNotEndedByProvider(
  credentials: CredentialStore,
  account: DeviceBoundAccount,
  { owner, device }: Caller,
): Promise<void> {
  const stored = (await credentials.find(account))?.value;
  if (stored?.owner !== owner || mayRenew(stored, device)) return;
  const detail =
    "Its provider has ended what was sent for the account: it must be proven again, by a step-up.";
  throw new Failure("account-not-in-recovery", detail);
}
