/** Lets a device in, or not, by the heads of its owner; what was read for that is passed on, so nothing is read twice. */
import {
  admit,
  findDevice,
  requirePlatform,
  requireStillIn,
  type Subject,
  subjectIn,
  withSeen,
} from "../domain/device.ts";
import { isUnreadable } from "../domain/envelope.ts";
import { completeErasure, type EraseStores } from "../domain/erasure.ts";
import { Failure } from "../domain/failure.ts";
import type { Head, HeadStore, StoredHead } from "../domain/head.ts";
import { type Caller, type OwnerId, otherPlatform, type Place, Platform } from "../domain/owner.ts";
import { withSpentProof } from "../domain/proof.ts";
import { type Change, change } from "../domain/store.ts";

/** The owner's heads as far as they were needed; `undefined` where there is none (or where it wasn't needed). */
export type Heads = Partial<Record<Platform, StoredHead | undefined>>;

/** The head of `platform`, or both where none is named; none where an erasure had left them to be cleared. */
export async function readHeads(
  services: EraseStores,
  owner: OwnerId,
  platform: Platform | undefined,
  now: Date,
): Promise<Heads> {
  const platforms = platform ? [platform] : Platform.options;
  try {
    const read = await Promise.all(
      platforms.map(async (each) => [each, await services.heads.find({ owner, platform: each })] as const),
    );
    return Object.fromEntries(read);
  } catch (error) {
    if (isUnreadable(error) && (await completeErasure(services, owner, now))) return {};
    throw error;
  }
}

/**
 * Lets the device in by the heads that were read, or by the other platform's too if it isn't in those. An erasure that was cut
 * off is completed before anybody begins anew. Fails as `device-revoked`, `device-suspended` or `device-unknown`.
 */
export async function admitDevice(
  services: EraseStores,
  caller: Caller,
  read: Heads,
  { platform, newcomers, now }: { platform: Platform | undefined; newcomers: boolean; now: Date },
): Promise<Heads> {
  const found = devicesOf(read).some(({ id }) => id === caller.device);
  const other = platform && !found ? otherPlatform(platform) : undefined;
  const rest = other ? await readHeads(services, caller.owner, other, now) : {};
  const heads = { ...read, ...rest };
  if (Object.values(heads).every((stored) => stored === undefined))
    await makeReady(services, caller.owner, now);
  admit(caller, devicesOf(heads), newcomers, now);
  return heads;
}

/** Nothing is there of this owner: what they had may have been erased, here and only in part, or elsewhere a moment ago. */
async function makeReady(services: EraseStores, owner: OwnerId, now: Date): Promise<void> {
  services.belongings.forgetKey(owner);
  await completeErasure(services, owner, now);
}

export const devicesOf = (heads: Heads) =>
  Object.values(heads).flatMap((stored) => stored?.value.devices ?? []);

/** A device belongs to one platform. Fails as `invalid-request` if it is on the list of the other one. */
export function requireOwnPlatform(caller: Caller, heads: Heads, platform: Platform): void {
  requirePlatform(caller, { own: heads[platform]?.value.devices ?? [], all: devicesOf(heads) });
}

/** The calling device, as alarms tell of it. */
export const callerDevice = (caller: Caller, heads: Heads, now: Date): Subject =>
  subjectIn(devicesOf(heads), caller.device, now);

/** For what must not be handed out again when a request is replayed. Fails as `proof-invalid` or `too-many-recoveries`. */
export async function spendProof(store: HeadStore, caller: Caller, heads: Heads, now: Date): Promise<void> {
  const platform = Platform.options.find((each) =>
    findDevice(heads[each]?.value.devices ?? [], caller.device),
  );
  if (!platform) throw new Failure("device-unknown", "This device is not registered.");
  const place = { owner: caller.owner, platform };
  await changeAs({ caller, store, place, now }, heads[platform], (stored) => {
    if (!stored) throw new Failure("device-unknown", "This device is not registered any more.");
    return { result: undefined, next: withSpentProof(stored.value, caller, now) };
  });
}

/**
 * `change` for a caller who was let in: a device that was revoked or suspended meanwhile changes nothing any more. Whatever it changes, it was
 * seen then.
 */
export const changeAs = async <T>(
  { caller, store, place, now }: { caller: Caller; store: HeadStore; place: Place; now: Date },
  held: StoredHead | undefined,
  decide: (stored: StoredHead | undefined) => Change<Head, T>,
) =>
  await change(store, place, held, (stored) => {
    if (!stored) return decide(stored);
    const { devices } = stored.value;
    requireStillIn(caller, devices);
    return decide({ ...stored, value: { ...stored.value, devices: withSeen(devices, caller.device, now) } });
  });
