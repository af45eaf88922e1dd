/** Issues, suspends and ends device credentials; changes the owner's record first. */
/** So a revocation finds credentials that are still being issued. */
import type { DeviceBoundAccount } from "../account.ts";
import { findDevice, isActive, isRevoked } from "../device.ts";
import type { OwnerRecord } from "../owner/owner-record.ts";
import {
  changeRecord,
  devicesIn,
  type OwnerStore,
  recordIn,
  type StoredOwner,
} from "../owner/owner-store.ts";
import type { Caller, DeviceId, OwnerId } from "../owner.ts";
import { type Change, change, type Stored } from "../store.ts";
import {
  type AccountCredentials,
  type Claim,
  type CredentialRequest,
  type CredentialStore,
  withCredential,
  withoutHolder,
  withResumed,
  withSuspended,
} from "./credential.ts";
import { newSecret, otpauthUri } from "./one-time-code.ts";
import { accountsOf, withoutDevice, withProvenAccount } from "./proven-account.ts";

type IssuePorts = { owners: OwnerStore; credentials: CredentialStore };
type Holder = Pick<Caller, "owner" | "device">;
/** `formerly`: as for `withCredential`. */
type Issue = {
  account: DeviceBoundAccount;
  wanted: CredentialRequest;
  claim: Claim;
  formerly?: string | undefined;
};

/**
 * Stores the credential. `recorded`: the owner, whose record names the device by then. Fails as
 * `account-bound-elsewhere` or `device-revoked`, or as `busy` if the owner was erased since.
 */
export async function putCredential(
  credentials: CredentialStore,
  { owner, device }: Holder,
  recorded: StoredOwner | undefined,
  { account, ...asked }: Issue,
  now: Date,
): Promise<void> {
  const held = await credentials.find(account);
  await change(credentials, account, held, (stored) => ({
    next: withCredential(stored?.value, { owner, device, ...asked }, now),
    incarnation: recorded?.incarnation,
    result: undefined,
  }));
}

/** Records the device for each account. Fails as `withProvenAccount` does. */
export const withBindings = (
  record: OwnerRecord,
  { device }: Pick<Holder, "device">,
  accounts: DeviceBoundAccount[],
  now: Date,
): OwnerRecord =>
  accounts.reduce((next, account) => withProvenAccount(next, { account, device }, now), record);

/**
 * New code credentials for the owner's accounts, as otpauth URIs in the same order. Fails as `putCredential`
 * does.
 */
export const issueCodes = (
  credentials: CredentialStore,
  holder: Holder,
  recorded: StoredOwner | undefined,
  accounts: DeviceBoundAccount[],
  now: Date,
): Promise<string[]> =>
  Promise.all(
    accounts.map(async (account) => {
      const secret = newSecret();
      const issue = { account, wanted: { type: "code" as const, secret }, claim: "renewal" as const };
      await putCredential(credentials, holder, recorded, issue, now);
      return otpauthUri(account, secret);
    }),
  );

/** Ends all of the device's credentials, including those issued at the same time. Safe to repeat. */
export async function endCredentials(
  { owners, credentials }: IssuePorts,
  owner: OwnerId,
  held: StoredOwner | undefined,
  device: DeviceId,
  now: Date,
): Promise<StoredOwner | undefined> {
  const { result: accounts, held: after } = await changeRecord(
    owners,
    owner,
    now,
    (record) => {
      const { accounts, record: next } = withoutDevice(record, device);
      return { result: accounts, record: next };
    },
    held,
  );
  await endEach(credentials, accounts, { owner, device }, now);
  return after;
}

export const endEach = async (
  credentials: CredentialStore,
  accounts: DeviceBoundAccount[],
  holder: Holder,
  now: Date,
): Promise<void> => {
  await Promise.all(accounts.map((account) => endCredential(credentials, account, holder, now)));
};

/**
 * Resumes an active device's credentials and suspends a suspended one's. After a write it reads the owner
 * again: the device may have changed meanwhile, and the last writer must have seen the final state. Safe to
 * repeat.
 */
export async function settleCredentials(
  { owners, credentials }: IssuePorts,
  owner: OwnerId,
  held: StoredOwner | undefined,
  device: DeviceId,
): Promise<StoredOwner | undefined> {
  for (let latest = held; ; latest = await owners.find(owner)) {
    const known = findDevice(devicesIn(latest), device);
    if (!known || isRevoked(known)) return latest;
    const next = isActive(known) ? withResumed : withSuspended;
    if (!(await changeCredentials(credentials, owner, latest, device, next))) return latest;
  }
}

/**
 * Call this before a suspended device is let in: once it is active, repeating an interrupted request would
 * resume nothing.
 */
export const resumeCredentials = async (
  { credentials }: Pick<IssuePorts, "credentials">,
  owner: OwnerId,
  held: StoredOwner | undefined,
  device: DeviceId,
): Promise<void> => {
  await changeCredentials(credentials, owner, held, device, withResumed);
};

/** Whether any credential changed; writes nothing otherwise. */
async function changeCredentials(
  credentials: CredentialStore,
  owner: OwnerId,
  held: StoredOwner | undefined,
  device: DeviceId,
  next: typeof withSuspended,
): Promise<boolean> {
  const accounts = accountsOf(await recordIn(held), device);
  type Held = Stored<AccountCredentials> | undefined;
  const decide = (stored: Held): Change<AccountCredentials, boolean, Held> => {
    const ours = stored?.value.owner === owner ? stored.value : undefined;
    const changed = next(ours, device);
    const isSame = !changed || changed.ended.length === ours?.ended.length;
    return isSame ? { result: false, unchanged: stored } : { result: true, next: changed };
  };
  const changes = accounts.map(async (account) =>
    change(credentials, account, await credentials.find(account), decide),
  );
  return (await Promise.all(changes)).some(({ result }) => result);
}

/** Does nothing if the account is another owner's. */
export async function endCredential(
  credentials: CredentialStore,
  account: DeviceBoundAccount,
  holder: Holder,
  now: Date,
): Promise<void> {
  const held = await credentials.find(account);
  await change(credentials, account, held, (stored) => {
    const next = withoutHolder(stored?.value, holder, now);
    return next ? { result: undefined, next } : { result: undefined, unchanged: stored };
  });
}
