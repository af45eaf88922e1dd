/** Lets a device in, or not, by the heads of its owner; what was read for that is passed on, so nothing is read twice. */
import { admit } from "../domain/device.ts";
import type { Head, HeadStore, StoredHead } from "../domain/head.ts";
import { type Caller, type OwnerId, otherPlatform, type Place, Platform } from "../domain/owner.ts";
import { type Change, change } from "../domain/store.ts";

/** The owner's heads as far as they were needed; `undefined` where there is none (or where it wasn't needed). */
export type Heads = Partial<Record<Platform, StoredHead | undefined>>;

/** The head of `platform`, or both where none is named. */
export async function readHeads(
  store: HeadStore,
  owner: OwnerId,
  platform: Platform | undefined,
): Promise<Heads> {
  const platforms = platform ? [platform] : Platform.options;
  const read = await Promise.all(
    platforms.map(async (each) => [each, await store.find({ owner, platform: each })] as const),
  );
  return Object.fromEntries(read);
}

/**
 * Lets the device in by the heads that were read, or by the other platform's too if it isn't in those.
 * Fails as `device-revoked` or `device-unknown`.
 */
export async function admitDevice(
  store: HeadStore,
  caller: Caller,
  read: Heads,
  { platform, newcomers }: { platform: Platform | undefined; newcomers: boolean },
): Promise<Heads> {
  const found = devicesOf(read).some(({ id }) => id === caller.device);
  const rest = platform && !found ? await readHeads(store, caller.owner, otherPlatform(platform)) : {};
  const heads = { ...read, ...rest };
  admit(caller, devicesOf(heads), newcomers);
  return heads;
}

export const devicesOf = (heads: Heads) =>
  Object.values(heads).flatMap((stored) => stored?.value.devices ?? []);

/** `change` for a caller who was let in: a device that was revoked meanwhile changes nothing any more. */
export const changeAs = async <T>(
  { caller, store, place }: { caller: Caller; store: HeadStore; place: Place },
  held: StoredHead | undefined,
  decide: (stored: StoredHead | undefined) => Change<Head, T>,
) =>
  await change(store, place, held, (stored) => {
    admit(caller, stored?.value.devices ?? [], true);
    return decide(stored);
  });
