/** Issuing device credentials, and ending them: the record first, so that a revocation finds whatever is under way. */
import type { BoundAccount } from "./account.ts";
import { withBinding, withoutDevice } from "./binding.ts";
import {
  type Claim,
  type CredentialStore,
  type Wanted,
  withCredential,
  withoutHolder,
} from "./credential.ts";
import { newSecret, otpauthUri } from "./one-time-code.ts";
import type { Caller, DeviceId, OwnerId } from "./owner.ts";
import { changeRecord, type RecordStore } from "./owner-record.ts";
import { change } from "./store.ts";

type Stores = { records: RecordStore; credentials: CredentialStore };
type Holder = Pick<Caller, "owner" | "device">;

/** Writes the credential itself; the record must name the device already. Fails as `account-bound-elsewhere` or `device-revoked`. */
export async function putCredential(
  credentials: CredentialStore,
  { owner, device }: Holder,
  { account, wanted, claim }: { account: BoundAccount; wanted: Wanted; claim: Claim },
  now: Date,
): Promise<void> {
  const held = await credentials.find(account);
  await change(credentials, account, held, (stored) => ({
    next: withCredential(stored?.value, { owner, device, wanted, claim }, now),
    result: undefined,
  }));
}

/** New code credentials for accounts that are the owner's already, as otpauth URIs in the same order. Fails as `account-bound-elsewhere`. */
export async function issueCode(
  { records, credentials }: Stores,
  { owner, device }: Holder,
  accounts: BoundAccount[],
  now: Date,
): Promise<string[]> {
  if (accounts.length === 0) return [];
  await changeRecord(records, owner, now, (record) => ({
    result: undefined,
    record: accounts.reduce((next, account) => withBinding(next, { account, device }, now), record),
  }));
  return await Promise.all(
    accounts.map(async (account) => {
      const secret = newSecret();
      const issue = { account, wanted: { type: "code" as const, secret }, claim: "renewal" as const };
      await putCredential(credentials, { owner, device }, issue, now);
      return otpauthUri(account, secret);
    }),
  );
}

/** Ends all that the device has. Safe to repeat, and complete whatever is issued at the same time. */
export async function endCredentials(
  { records, credentials }: Stores,
  owner: OwnerId,
  device: DeviceId,
  now: Date,
): Promise<void> {
  const { result: accounts } = await changeRecord(records, owner, now, (record) => {
    const { accounts, record: next } = withoutDevice(record, device);
    return { result: accounts, record: next };
  });
  await Promise.all(accounts.map((account) => endCredential(credentials, account, { owner, device }, now)));
}

/** Nothing happens where there is none of this owner's. */
export async function endCredential(
  credentials: CredentialStore,
  account: BoundAccount,
  holder: Holder,
  now: Date,
): Promise<void> {
  const held = await credentials.find(account);
  await change(credentials, account, held, (stored) => {
    const next = withoutHolder(stored?.value, holder, now);
    return next ? { result: undefined, next } : { result: undefined, unchanged: stored };
  });
}
