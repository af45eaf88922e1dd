/** Bindings: which accounts an owner has proven, and which of their devices hold a credential for each. */
import * as z from "zod";
import { type BoundAccount, identityOf, StoredBound } from "./account.ts";
import { Failure } from "./failure.ts";
import { loose } from "./loose.ts";
import { DeviceId } from "./owner.ts";
import type { OwnerRecord } from "./owner-record.ts";

/**
 * `subject`: who the account's own sign-in said that it was (OpenID Connect Core §2). `usesPush`: some device got a push
 * credential for it once; it stays so, since a client's word against it proves nothing.
 */
export const Binding = loose({
  account: StoredBound,
  subject: z.string().optional(),
  usesPush: z.boolean().optional(),
  boundAt: z.coerce.date(),
  devices: z.array(DeviceId),
});
export type Binding = z.infer<typeof Binding>;

const MAX_BINDINGS = 200;
const MAX_ENDED = 200;

const isFor = (account: BoundAccount) => {
  const identity = identityOf(account);
  return (binding: Binding) => identityOf(binding.account) === identity;
};

export const bindingFor = ({ bindings }: OwnerRecord, account: BoundAccount): Binding | undefined =>
  bindings.find(isFor(account));

/** Fails as `device-revoked`, from the first step of a revocation on. */
export function requireNotEnded({ endedDevices }: OwnerRecord, device: DeviceId): void {
  if (endedDevices.includes(device)) throw new Failure("device-revoked", "This device was revoked.");
}

type Proven = { account: BoundAccount; device: DeviceId; subject?: string | undefined; usesPush?: boolean };

/**
 * The record once this device has a credential for the account: written before the credential itself, so that a revocation
 * finds it. Fails as `device-revoked` if the device was revoked meanwhile, or as `too-many-accounts`.
 */
export function withBinding(
  record: OwnerRecord,
  { account, device, subject, usesPush = false }: Proven,
  now: Date,
): OwnerRecord {
  requireNotEnded(record, device);
  const former = bindingFor(record, account) ?? { account, boundAt: now, devices: [] };
  const others = withRoom(
    record,
    record.bindings.filter((each) => !isFor(account)(each)),
  );
  const devices = [...new Set([...former.devices, device])];
  const binding = { ...former, ...(subject && { subject }), ...(usesPush && { usesPush }), devices };
  return { ...record, bindings: [...others, binding] };
}

/**
 * Of too many, the oldest that no device has anything for any more: it has to be proven anew where it is wanted again. Fails as
 * `too-many-accounts` where there is none.
 */
function withRoom({ endedDevices }: OwnerRecord, bindings: Binding[]): Binding[] {
  if (bindings.length < MAX_BINDINGS) return bindings;
  const unused = bindings
    .filter(({ devices }) => devices.every((device) => endedDevices.includes(device)))
    .toSorted((one, other) => Number(one.boundAt) - Number(other.boundAt));
  const oldest = unused.find(({ usesPush }) => !usesPush) ?? unused[0];
  if (oldest) return bindings.filter((each) => each !== oldest);
  throw new Failure("too-many-accounts", `${MAX_BINDINGS} accounts are bound already.`);
}

export const provenAccounts = ({ bindings }: OwnerRecord): BoundAccount[] =>
  bindings.map(({ account }) => account);

/** What the device has, or had, a credential for. */
export const accountsOf = ({ bindings }: OwnerRecord, device: DeviceId): BoundAccount[] =>
  bindings.filter(({ devices }) => devices.includes(device)).map(({ account }) => account);

/** The record once this device is revoked, and the accounts that it has credentials for. */
export function withoutDevice(
  record: OwnerRecord,
  device: DeviceId,
): { accounts: BoundAccount[]; record: OwnerRecord } {
  const accounts = accountsOf(record, device);
  const endedDevices = [...new Set([device, ...record.endedDevices])].slice(0, MAX_ENDED);
  return { accounts, record: { ...record, endedDevices } };
}
