/** Where a head can't be opened: for the endpoint that tells its owner so, and for those that are about all there is. */
import { admit } from "../domain/device.ts";
import { isUnreadable } from "../domain/envelope.ts";
import { type EraseStores, nothingIfUnreadable } from "../domain/erasure.ts";
import type { Failure } from "../domain/failure.ts";
import type { HeadStore } from "../domain/head.ts";
import { type Caller, type OwnerId, Platform } from "../domain/owner.ts";
import { admitDevice, devicesOf, type Heads, readHeads } from "./admit.ts";

/** `damage`: what every other endpoint would refuse; `heads` are those that open then. */
type Admitted = { heads: Heads; damage: Failure | undefined };

/** By both heads, as `admitDevice` does; by those that open where not all do. Fails as `admitDevice` does. */
export async function admitDespiteDamage(
  services: EraseStores,
  caller: Caller,
  reading: Promise<Heads>,
  { newcomers, now }: { newcomers: boolean; now: Date },
): Promise<Admitted> {
  try {
    const admission = { platform: undefined, newcomers, now };
    return { heads: await admitDevice(services, caller, await reading, admission), damage: undefined };
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    const heads = await findReadable(services.heads, caller.owner);
    admit(caller, devicesOf(heads), newcomers, now);
    return { heads, damage: error };
  }
}

/** Both heads; one that can't be opened counts as not there, if the other one opens. */
export async function readOpenable(services: EraseStores, owner: OwnerId, now: Date): Promise<Heads> {
  try {
    return await readHeads(services, owner, undefined, now);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    const heads = await findReadable(services.heads, owner);
    if (Object.values(heads).every((stored) => stored === undefined)) throw error;
    return heads;
  }
}

async function findReadable(heads: HeadStore, owner: OwnerId): Promise<Heads> {
  const find = (platform: Platform) => heads.find({ owner, platform }).catch(nothingIfUnreadable);
  const read = await Promise.all(
    Platform.options.map(async (platform) => [platform, await find(platform)] as const),
  );
  return Object.fromEntries(read);
}
