/** The owners' secrets: 32 random bytes each, in a container of their own. Deleting one shreds all that is sealed under it. */
import { randomBytes } from "node:crypto";
import type { Clock } from "../domain/clock.ts";
import { KEY_BYTES, unreadable } from "../domain/envelope.ts";
import type { OwnerId } from "../domain/owner.ts";
import type { Blobs } from "./blobs.ts";

export interface OwnerKeys {
  /** At most a minute old; `fresh` reads it anew. */
  find(owner: OwnerId, options?: { fresh: boolean }): Promise<Buffer | undefined>;
  /** The stored key, made now if there is none. */
  obtain(owner: OwnerId): Promise<Buffer>;
  /** The next use reads it anew. */
  forget(owner: OwnerId): void;
}

const KEPT_MS = 60_000;
const MAX_KEPT = 10_000;

type Kept = { key: Buffer; until: number };

export function blobOwnerKeys(keys: Blobs, now: Clock): OwnerKeys {
  const kept = new Map<OwnerId, Kept>();
  const keep = (owner: OwnerId, key: Buffer) => {
    kept.delete(owner);
    kept.set(owner, { key, until: now().getTime() + KEPT_MS });
    const [oldest] = kept.keys();
    if (kept.size > MAX_KEPT && oldest) kept.delete(oldest);
    return key;
  };
  const find: OwnerKeys["find"] = async (owner, { fresh } = { fresh: false }) => {
    const known = kept.get(owner);
    if (known && !fresh && known.until > now().getTime()) return known.key;
    kept.delete(owner);
    const stored = await keys.read(nameOf(owner));
    return stored && keep(owner, checked(stored.content));
  };
  return {
    find,
    async obtain(owner) {
      const known = await find(owner);
      if (known) return known;
      const key = randomBytes(KEY_BYTES);
      const created = await keys.write(nameOf(owner), { content: key }, undefined);
      return created ? keep(owner, key) : ((await find(owner, { fresh: true })) ?? fail());
    },
    forget: (owner) => void kept.delete(owner),
  };
}

const nameOf = (owner: OwnerId) => `owner-keys/${owner}`;

function checked(key: Buffer): Buffer {
  return key.length === KEY_BYTES ? key : fail();
}

function fail(): never {
  throw unreadable();
}
