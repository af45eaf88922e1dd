/** Bindings: which accounts an owner has proven, and which of their devices hold a credential for each. */
import * as z from "zod";
import { accountKey, type DeviceBoundAccount, StoredDeviceBound } from "../account.ts";
import { Failure } from "../failure.ts";
import { loose } from "../loose.ts";
import { DeviceId } from "../owner.ts";

/**
 * `subject`: who the account's own sign-in said that it was (OpenID Connect Core §2). `usesPush`: some device
 * got a push credential for it once; it stays so, since a client's word against it proves nothing.
 */
export const ProvenAccount = loose({
  account: StoredDeviceBound,
  subject: z.string().optional(),
  usesPush: z.boolean().optional(),
  boundAt: z.coerce.date(),
  devices: z.array(DeviceId),
});
export type ProvenAccount = z.infer<typeof ProvenAccount>;

/**
 * What the record of an owner holds of it. `endedDevices`: revoked ones, none of which gets a credential any
 * more.
 */
type ProvenAccounts = { bindings: ProvenAccount[]; endedDevices: DeviceId[] };

const MAX_PROVEN = 200;
const MAX_ENDED = 200;

const isFor = (account: DeviceBoundAccount) => {
  const identity = accountKey(account);
  return (proven: ProvenAccount) => accountKey(proven.account) === identity;
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
 * The record once this device has a credential for the account: written before the credential itself, so that
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
 * Of too many, the oldest that no device has anything for any more: it has to be proven anew where it is
 * wanted again. Fails as `too-many-accounts` where there is none.
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
  throw new Failure("too-many-accounts", `${MAX_PROVEN} accounts are bound already.`);
}

export const accountsProven = ({ bindings }: Pick<ProvenAccounts, "bindings">): DeviceBoundAccount[] =>
  bindings.map(({ account }) => account);

/** What the device has, or had, a credential for. */
export const accountsOf = (
  { bindings }: Pick<ProvenAccounts, "bindings">,
  device: DeviceId,
): DeviceBoundAccount[] =>
  bindings.filter(({ devices }) => devices.includes(device)).map(({ account }) => account);

/** The record once this device is revoked, and the accounts that it has credentials for. */
export function withoutDevice<R extends ProvenAccounts>(
  record: R,
  device: DeviceId,
): { accounts: DeviceBoundAccount[]; record: R } {
  const accounts = accountsOf(record, device);
  const endedDevices = [...new Set([device, ...record.endedDevices])].slice(0, MAX_ENDED);
  return { accounts, record: { ...record, endedDevices } };
}
