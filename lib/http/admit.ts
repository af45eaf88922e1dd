/** Reads the owner who asks, and lets the device in or not; what was read for that is passed on, so nothing is read twice. */
import { requirePlatform, requireStillIn, type Subject, subjectIn, withSeen } from "../domain/device.ts";
import { completeErasure, type EraseStores } from "../domain/erasure.ts";
import { Failure } from "../domain/failure.ts";
import type { Head, StoredHead } from "../domain/head.ts";
import type { Caller, OwnerId, Place, Platform } from "../domain/owner.ts";
import { devicesOf, type Heads, headIn, headsOf, platformsOf } from "../domain/owner-state.ts";
import { changeHead, type OwnerStore, type StoredOwner } from "../domain/owner-store.ts";
import { withSpentProof } from "../domain/proof.ts";
import type { Change } from "../domain/store.ts";

/** How much of an owner is read; `at-hand`: as this instance has it, if it has. */
export type Reading = "state" | "whole" | "at-hand";

/** An erasure that was cut off is completed before anybody begins anew. */
export async function readOwner(
  services: EraseStores,
  owner: OwnerId,
  now: Date,
  reading: Reading = "whole",
): Promise<StoredOwner | undefined> {
  const { owners } = services;
  const held =
    reading === "at-hand"
      ? await owners.findAtHand(owner)
      : await owners.find(owner, { whole: reading === "whole" });
  if (!held?.state.erasure?.begunAt) return held;
  await completeErasure(services, owner, held, now);
  return await services.owners.find(owner);
}

/** A device belongs to one platform. Fails as `invalid-request` if it is on the list of the other one. */
export function requireOwnPlatform(caller: Caller, heads: Heads, platform: Platform): void {
  requirePlatform(caller, { own: heads[platform]?.value.devices ?? [], all: devicesOf(heads) });
}

/** The calling device, as alarms tell of it. */
export const callerDevice = (caller: Caller, heads: Heads, now: Date): Subject =>
  subjectIn(devicesOf(heads), caller.device, now);

/** For what must not be handed out again when a request is replayed. Fails as `proof-invalid` or `too-many-recoveries`. */
export async function spendProof(
  owners: OwnerStore,
  caller: Caller,
  held: StoredOwner | undefined,
  now: Date,
): Promise<StoredOwner | undefined> {
  const [platform] = platformsOf(headsOf(held?.state), caller.device);
  if (!platform) throw new Failure("device-unknown", "This device is not registered.");
  const place = { owner: caller.owner, platform };
  const changed = await changeAs({ caller, owners, place, now }, held, (stored) => {
    if (!stored) throw new Failure("device-unknown", "This device is not registered any more.");
    return { result: undefined, next: withSpentProof(stored.value, caller, now) };
  });
  return changed.held;
}

/**
 * `changeHead` for a caller who was let in: a device that was revoked or suspended meanwhile changes nothing any more. Whatever it changes, it was
 * seen then.
 */
export async function changeAs<T>(
  { caller, owners, place, now }: { caller: Caller; owners: OwnerStore; place: Place; now: Date },
  held: StoredOwner | undefined,
  decide: (stored: StoredHead | undefined) => Change<Head, T>,
): Promise<{ result: T; stored: StoredHead; held: StoredOwner | undefined }> {
  const { result, held: after } = await changeHead(owners, place, held, (stored) => {
    if (!stored) return decide(stored);
    const { devices } = stored.value;
    requireStillIn(caller, devices);
    return decide({ ...stored, value: { ...stored.value, devices: withSeen(devices, caller.device, now) } });
  });
  const stored = headIn(after?.state, place.platform);
  if (!stored) throw new RangeError("a decision that changes nothing where nothing is");
  return { result, stored, held: after };
}
