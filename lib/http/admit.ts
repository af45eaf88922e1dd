/** Lets a device in, or not, by the heads of its owner; what was read for that is passed on, so nothing is read twice. */
import { admit } from "../domain/device.ts";
import type { HeadStore, StoredHead } from "../domain/head.ts";
import { type Caller, otherPlatform, Platform } from "../domain/owner.ts";

/** The owner's heads as far as they were needed; `undefined` where there is none (or where it wasn't needed). */
export type Heads = Partial<Record<Platform, StoredHead | undefined>>;

/**
 * Reads the head of `platform`, and the other one only if the device isn't in it; both if no platform is named.
 * Fails as `device-revoked` or `device-unknown`.
 */
export async function admitDevice(
  store: HeadStore,
  caller: Caller,
  { platform, newcomers }: { platform: Platform | undefined; newcomers: boolean },
): Promise<Heads> {
  const first = await readHeads(store, caller, platform ? [platform] : Platform.options);
  const found = devicesOf(first).some(({ id }) => id === caller.device);
  const rest = platform && !found ? await readHeads(store, caller, [otherPlatform(platform)]) : {};
  const heads = { ...first, ...rest };
  admit(caller, devicesOf(heads), newcomers);
  return heads;
}

export const devicesOf = (heads: Heads) =>
  Object.values(heads).flatMap((stored) => stored?.head.devices ?? []);

async function readHeads(
  store: HeadStore,
  { owner }: Caller,
  platforms: readonly Platform[],
): Promise<Heads> {
  const read = await Promise.all(
    platforms.map(async (platform) => [platform, await store.find({ owner, platform })] as const),
  );
  return Object.fromEntries(read);
}
