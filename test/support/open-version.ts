/** Stores a version like an upload, and opens it like a recovery. */

import { newHead, type Version, type VersionSeal } from "../../lib/domain/backup/head.ts";
import { headIn, withHead } from "../../lib/domain/owner/owner-state.ts";
import type { OwnerStore } from "../../lib/domain/owner/owner-store.ts";
import type { BackupKey } from "../../lib/domain/owner.ts";
import { unreadable } from "../../lib/domain/sealing/seal.ts";
import { putOwner } from "./owners.ts";

export async function openVersionIn(
  { owners, versions }: { owners: OwnerStore; versions: VersionSeal },
  place: BackupKey,
  version: Version,
  kept?: Buffer,
): Promise<Buffer> {
  const held = await owners.find(place.owner);
  if (!held) throw unreadable();
  return await versions.open(place, version, kept ?? held.body(version.id));
}

/** Stores it as the newest of the owner's versions, and returns it as stored. */
export async function putVersionIn(
  { owners, versions }: { owners: OwnerStore; versions: VersionSeal },
  place: BackupKey,
  version: Version,
  content: Uint8Array,
): Promise<{ version: Version; sealed: Buffer }> {
  const { wrapping, sealed } = await versions.seal(place, version, content);
  const stored = { ...version, ...wrapping };
  await putOwner(owners, place.owner, (state) => {
    const head = headIn(state, place.platform)?.value ?? newHead(undefined);
    const next = { ...head, versions: [stored, ...head.versions] };
    const body = version.custody === "client" ? undefined : { id: version.id, sealed };
    return { state: withHead(state, place.platform, next), ...(body && { body }) };
  });
  return { version: stored, sealed };
}
