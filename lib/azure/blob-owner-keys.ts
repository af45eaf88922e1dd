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
  /** As `obtain`, but never from the cache, unless this instance has made it a moment ago and nothing was sealed so under it since. */
  obtainFresh(owner: OwnerId): Promise<Buffer>;
  /**
   * As `obtain`, without waiting for a key that is made now: `key` is it, while it is being stored. `stored` is the one that is
   * stored then, another if somebody was faster.
   */
  offer(owner: OwnerId): Promise<{ key: Buffer; stored: Promise<Buffer> }>;
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

/** What is known of an owner's key. `isNew`: made by this instance, and not used by `obtainFresh` since. */
type Known = { key: Buffer; isNew: boolean } | "absent";

export const blobOwnerKeys = (keys: Blobs, now: Clock): OwnerKeys => new CachedKeys(keys, now);

class CachedKeys implements OwnerKeys {
  readonly #keys: Blobs;
  readonly #known: Kept<OwnerId, Known>;
  /** Requests of one owner at the same time, and the parts of one request, share what is under way. */
  readonly #reading = new Map<OwnerId, Promise<Buffer | undefined>>();

  constructor(keys: Blobs, now: Clock) {
    this.#keys = keys;
    this.#known = new Kept(now, KEPT);
  }

  find: OwnerKeys["find"] = async (owner, { fresh } = { fresh: false }) => {
    if (fresh) return await this.#read(owner);
    const known = this.#keyOf(owner);
    if (known) return known.key;
    const shared = this.#reading.get(owner) ?? this.#read(owner).finally(() => this.#reading.delete(owner));
    this.#reading.set(owner, shared);
    return await shared;
  };

  /** That there was none a moment ago saves a look: if there is one now, the write finds it. */
  offer: OwnerKeys["offer"] = async (owner) => {
    const known = this.#known.get(owner) === "absent" ? undefined : await this.find(owner);
    if (known) return { key: known, stored: Promise.resolve(known) };
    const key = randomBytes(KEY_BYTES);
    const stored = this.#create(owner, key);
    // Whoever fails before waiting for it must not leave a rejection that nobody hears: that ends the process.
    stored.catch(() => undefined);
    return { key, stored };
  };

  obtain: OwnerKeys["obtain"] = async (owner) => await (await this.offer(owner)).stored;

  obtainFresh: OwnerKeys["obtainFresh"] = async (owner) => {
    const known = this.#keyOf(owner);
    if (known?.isNew) {
      known.isNew = false;
      return known.key;
    }
    this.forget(owner);
    return await this.obtain(owner);
  };

  require: OwnerKeys["require"] = async (owner) => (await this.find(owner)) ?? fail();

  forget: OwnerKeys["forget"] = (owner) => {
    if (this.#keyOf(owner)) this.#known.delete(owner);
  };

  etagOf: OwnerKeys["etagOf"] = async (owner) => (await this.#keys.read(nameOf(owner)))?.etag;

  erase: OwnerKeys["erase"] = async (owner, only) => {
    await this.#keys.delete(nameOf(owner), only);
    this.#known.delete(owner);
  };

  async #read(owner: OwnerId): Promise<Buffer | undefined> {
    this.#known.delete(owner);
    const stored = await this.#keys.read(nameOf(owner));
    if (stored) return this.#keep(owner, checked(stored.content));
    this.#known.set(owner, "absent");
    return undefined;
  }

  async #create(owner: OwnerId, key: Buffer): Promise<Buffer> {
    const created = await this.#keys.write(nameOf(owner), { content: key }, undefined);
    return created ? this.#keep(owner, key, true) : ((await this.#read(owner)) ?? fail());
  }

  #keep(owner: OwnerId, key: Buffer, isNew = false): Buffer {
    this.#known.set(owner, { key, isNew });
    return key;
  }

  #keyOf(owner: OwnerId) {
    const known = this.#known.get(owner);
    return known === "absent" ? undefined : known;
  }
}

const nameOf = (owner: OwnerId) => `owner-keys/${owner}`;

function checked(key: Buffer): Buffer {
  return key.length === KEY_BYTES ? key : fail();
}

function fail(): never {
  throw unreadable();
}
