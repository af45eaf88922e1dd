/** The owners' secrets: 32 random bytes each, in a container of their own. Deleting one shreds all that is sealed under it. */
import { randomBytes } from "node:crypto";
import type { Clock } from "../domain/clock.ts";
import { isUnreadable, KEY_BYTES, unreadable } from "../domain/envelope.ts";
import { Kept } from "../domain/kept.ts";
import type { OwnerId } from "../domain/owner.ts";
import type { Blobs } from "./blobs.ts";

export interface OwnerKeys {
  /** At most a minute old; `fresh` reads it anew. */
  find(owner: OwnerId, options?: { fresh: boolean }): Promise<Buffer | undefined>;
  /** The stored key, made now if there is none: for what an owner begins with. */
  obtain(owner: OwnerId): Promise<Buffer>;
  /** The stored key. Fails as `backup-unreadable` if there is none: nothing may be sealed for an owner who was erased. */
  require(owner: OwnerId): Promise<Buffer>;
  /** The next use reads it anew. */
  forget(owner: OwnerId): void;
  /** Of the stored key. */
  etagOf(owner: OwnerId): Promise<string | undefined>;
  /** For good, if it is still the one with that ETag: whatever was sealed under it is noise. */
  erase(owner: OwnerId, only: string): Promise<void>;
}

/**
 * Opens something of the owner's. A cached key may be one that another instance has erased and made anew since: what it
 * doesn't open is tried once more with a fresh one. Fails as `backup-unreadable`.
 */
export async function openUnder<T>(
  ownerKeys: OwnerKeys,
  owner: OwnerId,
  key: Buffer | undefined,
  open: (key: Buffer) => T,
): Promise<T> {
  try {
    return open(key ?? fail());
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return open((await ownerKeys.find(owner, { fresh: true })) ?? fail());
  }
}

const KEPT = { most: 10_000, milliseconds: 60_000 };

export function blobOwnerKeys(keys: Blobs, now: Clock): OwnerKeys {
  const kept = new Kept<OwnerId, Buffer>(now, KEPT);
  const reading = new Map<OwnerId, Promise<Buffer | undefined>>();
  const read = async (owner: OwnerId) => {
    kept.delete(owner);
    const stored = await keys.read(nameOf(owner));
    return stored && kept.set(owner, checked(stored.content));
  };
  /** Requests of one owner at the same time, and the parts of one request, share what is under way. */
  const share = (owner: OwnerId) => {
    const shared = reading.get(owner) ?? read(owner).finally(() => reading.delete(owner));
    reading.set(owner, shared);
    return shared;
  };
  const find: OwnerKeys["find"] = async (owner, { fresh } = { fresh: false }) =>
    fresh ? await read(owner) : (kept.get(owner) ?? (await share(owner)));
  return {
    find,
    async obtain(owner) {
      const known = await find(owner);
      if (known) return known;
      const key = randomBytes(KEY_BYTES);
      const created = await keys.write(nameOf(owner), { content: key }, undefined);
      return created ? kept.set(owner, key) : ((await find(owner, { fresh: true })) ?? fail());
    },
    require: async (owner) => (await find(owner)) ?? fail(),
    forget: (owner) => kept.delete(owner),
    etagOf: async (owner) => (await keys.read(nameOf(owner)))?.etag,
    async erase(owner, only) {
      await keys.delete(nameOf(owner), only);
      kept.delete(owner);
    },
  };
}

const nameOf = (owner: OwnerId) => `owner-keys/${owner}`;

function checked(key: Buffer): Buffer {
  return key.length === KEY_BYTES ? key : fail();
}

function fail(): never {
  throw unreadable();
}
