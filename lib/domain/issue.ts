/** Issuing device credentials, suspending and ending them: the record first, so that a revocation finds whatever is under way. */
import type { BoundAccount } from "./account.ts";
import { accountsOf, withBinding, withoutDevice } from "./binding.ts";
import {
  type AccountCredentials,
  type Claim,
  type CredentialStore,
  type Wanted,
  withCredential,
  withoutHolder,
  withResumed,
  withSuspended,
} from "./credential.ts";
import { newSecret, otpauthUri } from "./one-time-code.ts";
import type { Caller, DeviceId, OwnerId } from "./owner.ts";
import { changeRecord, type RecordStore, readRecord } from "./owner-record.ts";
import { type Change, change, type Stored } from "./store.ts";

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

/** What the device has doesn't count until it is resumed. Safe to repeat; no write where that is so already. */
export const suspendCredentials = (stores: Stores, owner: OwnerId, device: DeviceId): Promise<void> =>
  changeCredentials(stores, owner, device, withSuspended);

export const resumeCredentials = (stores: Stores, owner: OwnerId, device: DeviceId): Promise<void> =>
  changeCredentials(stores, owner, device, withResumed);

async function changeCredentials(
  { records, credentials }: Stores,
  owner: OwnerId,
  device: DeviceId,
  next: typeof withSuspended,
): Promise<void> {
  const accounts = accountsOf(await readRecord(records, owner), device);
  await Promise.all(
    accounts.map(async (account) => {
      type Held = Stored<AccountCredentials> | undefined;
      await change(
        credentials,
        account,
        await credentials.find(account),
        (stored): Change<AccountCredentials, void, Held> => {
          const held = stored?.value.owner === owner ? stored.value : undefined;
          const changed = next(held, device);
          const isSame = !changed || changed.ended.length === held?.ended.length;
          return isSame ? { result: undefined, unchanged: stored } : { result: undefined, next: changed };
        },
      );
    }),
  );
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
