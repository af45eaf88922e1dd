/** Proven accounts: which accounts an owner has proven, and which devices hold credentials for each. */
import * as z from "zod";
import { accountKey, type DeviceBoundAccount, StoredDeviceBound } from "../account.ts";
import { Failure } from "../failure.ts";
import { loose } from "../loose.ts";
import { DeviceId } from "../owner.ts";

/**
 * `subject`: the account's subject at its own sign-in (OpenID Connect Core §2). `usesPush`: a device once got
 * a push credential for it; stays true, since a client's word against it proves nothing.
 */
export const ProvenAccount = loose({
  account: StoredDeviceBound,
  subject: z.string().optional(),
  usesPush: z.boolean().optional(),
  boundAt: z.coerce.date(),
  devices: z.array(DeviceId),
});
export type ProvenAccount = z.infer<typeof ProvenAccount>;

/** The proven accounts in an owner's record. `endedDevices`: revoked ones, which get no more credentials. */
type ProvenAccounts = { bindings: ProvenAccount[]; endedDevices: DeviceId[] };

const MAX_PROVEN = 200;
const MAX_ENDED = 200;

const isFor = (account: DeviceBoundAccount) => {
  const key = accountKey(account);
  return (proven: ProvenAccount) => accountKey(proven.account) === key;
};

export const provenAccountFor = (
  { bindings }: Pick<ProvenAccounts, "bindings">,
  account: DeviceBoundAccount,
): ProvenAccount | undefined => bindings.find(isFor(account));

/** Fails as `device-revoked`, from the first step of a revocation on. */
export function requireNotEnded(
  { endedDevices }: Pick<ProvenAccounts, "endedDevices">,
  device: DeviceId,
): void {
  if (endedDevices.includes(device)) throw new Failure("device-revoked", "This device was revoked.");
}

type Proven = {
  account: DeviceBoundAccount;
  device: DeviceId;
  subject?: string | undefined;
  usesPush?: boolean;
};

/**
 * Records that this device has a credential for the account. Store this before the credential itself, so that
 * a revocation finds it. Fails as `device-revoked` if the device was revoked meanwhile, or as
 * `too-many-accounts`.
 */
export function withProvenAccount<R extends ProvenAccounts>(
  record: R,
  { account, device, subject, usesPush = false }: Proven,
  now: Date,
): R {
  requireNotEnded(record, device);
  const former = provenAccountFor(record, account) ?? { account, boundAt: now, devices: [] };
  const others = withRoom(
    record,
    record.bindings.filter((each) => !isFor(account)(each)),
  );
  const devices = [...new Set([...former.devices, device])];
  const proven = { ...former, ...(subject && { subject }), ...(usesPush && { usesPush }), devices };
  return { ...record, bindings: [...others, proven] };
}

/**
 * At the limit, drops the oldest account that no device holds a credential for; the owner must prove it
 * again. Fails as `too-many-accounts` if there is none.
 */
function withRoom(
  { endedDevices }: Pick<ProvenAccounts, "endedDevices">,
  bindings: ProvenAccount[],
): ProvenAccount[] {
  if (bindings.length < MAX_PROVEN) return bindings;
  const unused = bindings
    .filter(({ devices }) => devices.every((device) => endedDevices.includes(device)))
    .toSorted((one, other) => Number(one.boundAt) - Number(other.boundAt));
  const oldest = unused.find(({ usesPush }) => !usesPush) ?? unused[0];
  if (oldest) return bindings.filter((each) => each !== oldest);
  throw new Failure("too-many-accounts", `${MAX_PROVEN} accounts are proven already.`);
}

export const accountsProven = ({ bindings }: Pick<ProvenAccounts, "bindings">): DeviceBoundAccount[] =>
  bindings.map(({ account }) => account);

/** The accounts that the device has, or had, a credential for. */
export const accountsOf = (
  { bindings }: Pick<ProvenAccounts, "bindings">,
  device: DeviceId,
): DeviceBoundAccount[] =>
  bindings.filter(({ devices }) => devices.includes(device)).map(({ account }) => account);

/** Marks the device as ended; also returns the accounts that it has credentials for. */
export function withoutDevice<R extends ProvenAccounts>(
  record: R,
  device: DeviceId,
): { accounts: DeviceBoundAccount[]; record: R } {
  const accounts = accountsOf(record, device);
  const endedDevices = [...new Set([device, ...record.endedDevices])].slice(0, MAX_ENDED);
  return { accounts, record: { ...record, endedDevices } };
}
