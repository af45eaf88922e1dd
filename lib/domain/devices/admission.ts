/** The request of a device that was let in, and what it may still change by then. */

import type { Head, StoredHead } from "../backup/head.ts";
import { withSpentProof } from "../backup/spent-proofs.ts";
import { type AlarmDevice, alarmDeviceIn, requirePlatform, requireStillIn, withSeen } from "../device.ts";
import { Failure } from "../failure.ts";
import { headIn, headsOf, platformsOf } from "../owner/owner-state.ts";
import { changeHead, devicesIn, type OwnerStore, type StoredOwner } from "../owner/owner-store.ts";
import type { Caller, Platform } from "../owner.ts";
import type { Change } from "../store.ts";

/** `held`: everything stored of the owner, as it was when the device was let in. */
export type Asking = { caller: Caller; held: StoredOwner | undefined; now: Date };

/** A device belongs to one platform. Fails as `invalid-request` if it is on the list of the other one. */
export function requireOwnPlatform({ caller, held }: Asking, platform: Platform): void {
  const own = headIn(held?.state, platform)?.value.devices ?? [];
  requirePlatform(caller, { own, all: devicesIn(held) });
}

/** The calling device, as alarms describe it. */
export const callerDevice = ({ caller, held, now }: Asking, name?: string): AlarmDevice =>
  alarmDeviceIn(devicesIn(held), caller.device, now, name);

/**
 * Spends the device proof, for calls whose replay must not hand anything out again. Fails as
 * `device-unknown`, `proof-invalid` or `too-many-recoveries`.
 */
export async function spendProof(owners: OwnerStore, asking: Asking): Promise<StoredOwner | undefined> {
  const { caller, held, now } = asking;
  const [platform] = platformsOf(headsOf(held?.state), caller.device);
  if (!platform) throw new Failure("device-unknown", "This device is not registered.");
  const changed = await changeAs(owners, asking, platform, (stored) => {
    if (!stored) throw new Failure("device-unknown", "This device is not registered any more.");
    return { result: undefined, next: withSpentProof(stored.value, caller, now) };
  });
  return changed.held;
}

/**
 * `changeHead` for a caller who was let in: fails if the device was revoked or suspended meanwhile. Every
 * change marks the device as seen.
 */
export async function changeAs<T>(
  owners: OwnerStore,
  { caller, held, now }: Asking,
  platform: Platform,
  decide: (stored: StoredHead | undefined) => Change<Head, T>,
): Promise<{ result: T; stored: StoredHead; held: StoredOwner | undefined }> {
  const place = { owner: caller.owner, platform };
  const { result, held: after } = await changeHead(owners, place, held, (stored) => {
    if (!stored) return decide(stored);
    const { devices } = stored.value;
    requireStillIn(caller, devices);
    return decide({ ...stored, value: { ...stored.value, devices: withSeen(devices, caller.device, now) } });
  });
  const stored = headIn(after?.state, platform);
  if (!stored) throw new RangeError("a decision that changes nothing where nothing is");
  return { result, stored, held: after };
}
