/** Bindings: which accounts an owner has proven, and which of their devices hold a credential for each. */
import * as z from "zod";
import { type BoundAccount, identityOf, StoredBound } from "../account.ts";
import { Failure } from "../failure.ts";
import { loose } from "../loose.ts";
import { DeviceId } from "../owner.ts";

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

/** What the record of an owner holds of it. `endedDevices`: revoked ones, none of which gets a credential any more. */
type Bindings = { bindings: Binding[]; endedDevices: DeviceId[] };

const MAX_BINDINGS = 200;
const MAX_ENDED = 200;

const isFor = (account: BoundAccount) => {
  const identity = identityOf(account);
  return (binding: Binding) => identityOf(binding.account) === identity;
};

export const bindingFor = (
  { bindings }: Pick<Bindings, "bindings">,
  account: BoundAccount,
): Binding | undefined => bindings.find(isFor(account));

/** Fails as `device-revoked`, from the first step of a revocation on. */
export function requireNotEnded({ endedDevices }: Pick<Bindings, "endedDevices">, device: DeviceId): void {
  if (endedDevices.includes(device)) throw new Failure("device-revoked", "This device was revoked.");
}

type Proven = { account: BoundAccount; device: DeviceId; subject?: string | undefined; usesPush?: boolean };

/**
 * The record once this device has a credential for the account: written before the credential itself, so that a revocation
 * finds it. Fails as `device-revoked` if the device was revoked meanwhile, or as `too-many-accounts`.
 */
export function withBinding<R extends Bindings>(
  record: R,
  { account, device, subject, usesPush = false }: Proven,
  now: Date,
): R {
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
function withRoom({ endedDevices }: Pick<Bindings, "endedDevices">, bindings: Binding[]): Binding[] {
  if (bindings.length < MAX_BINDINGS) return bindings;
  const unused = bindings
    .filter(({ devices }) => devices.every((device) => endedDevices.includes(device)))
    .toSorted((one, other) => Number(one.boundAt) - Number(other.boundAt));
  const oldest = unused.find(({ usesPush }) => !usesPush) ?? unused[0];
  if (oldest) return bindings.filter((each) => each !== oldest);
  throw new Failure("too-many-accounts", `${MAX_BINDINGS} accounts are bound already.`);
}

export const provenAccounts = ({ bindings }: Pick<Bindings, "bindings">): BoundAccount[] =>
  bindings.map(({ account }) => account);

/** What the device has, or had, a credential for. */
export const accountsOf = ({ bindings }: Pick<Bindings, "bindings">, device: DeviceId): BoundAccount[] =>
  bindings.filter(({ devices }) => devices.includes(device)).map(({ account }) => account);

/** The record once this device is revoked, and the accounts that it has credentials for. */
export function withoutDevice<R extends Bindings>(
  record: R,
  device: DeviceId,
): { accounts: BoundAccount[]; record: R } {
  const accounts = accountsOf(record, device);
  const endedDevices = [...new Set([device, ...record.endedDevices])].slice(0, MAX_ENDED);
  return { accounts, record: { ...record, endedDevices } };
}
