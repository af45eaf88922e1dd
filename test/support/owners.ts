/** Reads and sets the parts of an owner's stored state, in any store. */
import type { Head, StoredHead } from "../../lib/domain/backup/head.ts";
import type { OwnerRecord } from "../../lib/domain/owner/owner-record.ts";
import { headIn, newState, type OwnerState, withHead } from "../../lib/domain/owner/owner-state.ts";
import {
  type NextOwner,
  type OwnerStore,
  readRecord,
  type StoredOwner,
} from "../../lib/domain/owner/owner-store.ts";
import type { BackupKey, OwnerId } from "../../lib/domain/owner.ts";

export const headOf = async (
  owners: OwnerStore,
  { owner, platform }: BackupKey,
): Promise<StoredHead | undefined> => headIn((await owners.find(owner))?.state, platform);

export const recordOf = async (owners: OwnerStore, owner: OwnerId): Promise<OwnerRecord | undefined> =>
  (await owners.find(owner)) && (await readRecord(owners, owner));

/** Replaces whatever is stored; for tests only. */
export async function putOwner(
  owners: OwnerStore,
  owner: OwnerId,
  next: (state: OwnerState) => NextOwner,
): Promise<StoredOwner> {
  const held = await owners.find(owner);
  const stored = await owners.put(owner, next(held?.state ?? newState()), held);
  if (stored) return stored;
  throw new Error("somebody else has changed the owner");
}

export const putHead = (
  owners: OwnerStore,
  { owner, platform }: BackupKey,
  head: Head,
  body?: NextOwner["body"],
): Promise<StoredOwner> =>
  putOwner(owners, owner, (state) => ({ state: withHead(state, platform, head), ...(body && { body }) }));

export const putRecord = (owners: OwnerStore, owner: OwnerId, record: OwnerRecord): Promise<StoredOwner> =>
  putOwner(owners, owner, (state) => ({ state, record }));
