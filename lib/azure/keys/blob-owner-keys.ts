/** The owner keys: 32 random bytes each, in their own container. Replacing one shreds what it sealed. */
import { randomBytes } from "node:crypto";
import { Cache } from "../../cache.ts";
import { type Clock, DAY, later } from "../../domain/clock.ts";
import type { OwnerId } from "../../domain/owner.ts";
import { isUnreadable, KEY_BYTES, unreadable } from "../../domain/sealing/seal.ts";
import type { Blobs, Metadata, StoredBlob } from "../stores/blobs.ts";

/**
 * `shreddedAt`: when it replaced another key, as long as that is remembered. `mark`: set by the erasure that
 * stored the key, until something is stored under it.
 */
export type HeldKey = { key: Buffer; shreddedAt: Date | undefined; mark: string | undefined };
/** What to do with a key: nothing, use the marked one that is stored, or replace it with another. */
type Replacing = "nothing" | "marked" | "another";

export interface OwnerKeys {
  /** At most a minute old. */
  find(owner: OwnerId): Promise<Buffer | undefined>;
  /** Like `find`, with its metadata. */
  hold(owner: OwnerId): Promise<HeldKey | undefined>;
  /** As stored now. */
  look(owner: OwnerId): Promise<HeldKey | undefined>;
  /** The stored key, created if there is none. For an owner's first write. */
  obtain(owner: OwnerId): Promise<Buffer>;
  /** Like `obtain`, but never from the cache. */
  obtainFresh(owner: OwnerId): Promise<HeldKey>;
  /**
   * Like `obtain`, without waiting for a new key to be stored. `key` is the new key; `stored` resolves to the
   * key in storage, which is another one if another instance was faster.
   */
  offer(owner: OwnerId): Promise<{ key: Buffer; stored: Promise<Buffer> }>;
  /** The stored key. Fails as `backup-unreadable` without one: nothing may be sealed for an erased owner. */
  require(owner: OwnerId): Promise<Buffer>;
  /** The next use reads the key anew. */
  forget(owner: OwnerId): void;
  /**
   * Replaces the stored key as `decide` says once it has seen that key. Returns undefined if it decides for
   * nothing, or if another writer was faster. `markFor` makes the mark, which stays until `settle`.
   * `isDamagedDue`: the time set by `eraseDamagedAt` has passed.
   */
  replace(
    owner: OwnerId,
    markFor: (key: Buffer, at: Date) => Promise<string>,
    decide: (found: (HeldKey & { isDamagedDue: boolean }) | undefined) => Promise<Replacing>,
  ): Promise<Buffer | undefined>;
  settle(owner: OwnerId): Promise<void>;
  /**
   * From now on, a first write gets another key. Returns the ETag that `erase` takes; undefined without a
   * key.
   */
  beginRemoval(owner: OwnerId): Promise<string | undefined>;
  /** Deletes the key for good if it still has that ETag. */
  erase(owner: OwnerId, only: string): Promise<void>;
  /** Records when to erase a damaged owner; a time recorded before stays. */
  eraseDamagedAt(owner: OwnerId, at: Date): Promise<Date>;
}

/**
 * Opens something sealed under the owner's key. If the cached key doesn't open it, another instance may have
 * replaced that key: tries once more with a fresh one. Fails as `backup-unreadable`.
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
    return open((await ownerKeys.look(owner))?.key ?? fail());
  }
}

const FORGOTTEN_MS = 30 * DAY;
const KEPT = { most: 10_000, milliseconds: 60_000 };

/** What is cached of an owner's key. `isNew`: made by this instance and not used by `obtainFresh` since. */
type Known = (HeldKey & { isNew: boolean }) | "absent";

/** Names in the key's metadata. */
const MARKS = { replacing: "replacing", leaving: "leaving", shreddedAt: "shreddedat", eraseAt: "eraseat" };

export const blobOwnerKeys = (keys: Blobs, now: Clock): OwnerKeys => new CachedKeys(keys, now);

class CachedKeys implements OwnerKeys {
  readonly #keys: Blobs;
  readonly #now: Clock;
  readonly #known: Cache<OwnerId, Known>;
  /** Parallel reads of one owner share one call. */
  readonly #reading = new Map<OwnerId, Promise<HeldKey | undefined>>();

  constructor(keys: Blobs, now: Clock) {
    this.#keys = keys;
    this.#now = now;
    this.#known = new Cache(now, KEPT);
  }

  find: OwnerKeys["find"] = async (owner) => (await this.hold(owner))?.key;

  hold: OwnerKeys["hold"] = async (owner) => {
    const known = this.#keyOf(owner);
    if (known) return known;
    const shared = this.#reading.get(owner) ?? this.look(owner).finally(() => this.#reading.delete(owner));
    this.#reading.set(owner, shared);
    return await shared;
  };

  look: OwnerKeys["look"] = async (owner) => {
    this.#known.delete(owner);
    const stored = await this.#keys.read(nameOf(owner));
    if (!stored) {
      this.#known.set(owner, "absent");
      return undefined;
    }
    return this.#keep(owner, { ...heldIn(stored), key: checked(stored.content) });
  };

  /** If the cache says that there is no key, skips the read: should one exist now, the write finds out. */
  offer: OwnerKeys["offer"] = async (owner) => {
    const known = this.#known.get(owner) === "absent" ? undefined : await this.find(owner);
    if (known) return { key: known, stored: Promise.resolve(known) };
    const key = randomBytes(KEY_BYTES);
    const stored = this.#create(owner, key).then((created) => created.key);
    // A caller may fail before it awaits `stored`. An unhandled rejection would end the process.
    stored.catch(() => undefined);
    return { key, stored };
  };

  obtain: OwnerKeys["obtain"] = async (owner) => await (await this.offer(owner)).stored;

  obtainFresh: OwnerKeys["obtainFresh"] = async (owner) => {
    const known = this.#keyOf(owner);
    if (known?.isNew) {
      known.isNew = false;
      return known;
    }
    const stored = await this.#keys.read(nameOf(owner));
    return await (stored ? this.#toBeginWith(owner, stored) : this.#create(owner, randomBytes(KEY_BYTES)));
  };

  require: OwnerKeys["require"] = async (owner) => (await this.find(owner)) ?? fail();

  forget: OwnerKeys["forget"] = (owner) => {
    if (this.#keyOf(owner)) this.#known.delete(owner);
  };

  replace: OwnerKeys["replace"] = async (owner, markFor, decide) => {
    const stored = await this.#keys.read(nameOf(owner));
    const eraseAt = dateIn(stored?.metadata ?? {}, MARKS.eraseAt);
    const isDamagedDue = eraseAt !== undefined && eraseAt <= this.#now();
    const decision = await decide(stored && { ...heldIn(stored), isDamagedDue });
    if (decision === "nothing") return undefined;
    if (decision === "marked") return checked(stored?.content ?? fail());
    const [key, shreddedAt] = [randomBytes(KEY_BYTES), this.#now()];
    const mark = await markFor(key, shreddedAt);
    const metadata = { [MARKS.replacing]: mark, [MARKS.shreddedAt]: shreddedAt.toISOString() };
    const etag = await this.#keys.write(nameOf(owner), { content: key, metadata }, stored?.etag);
    return etag === undefined ? undefined : this.#keep(owner, { key, shreddedAt, mark }).key;
  };

  settle: OwnerKeys["settle"] = async (owner) => {
    await this.#mark(owner, ({ [MARKS.replacing]: _, [MARKS.leaving]: __, ...others }) => others);
    const known = this.#keyOf(owner);
    if (known) known.mark = undefined;
  };

  beginRemoval: OwnerKeys["beginRemoval"] = async (owner) => {
    await this.#mark(owner, (metadata) => ({ ...metadata, [MARKS.leaving]: crypto.randomUUID() }));
    const stored = await this.#keys.read(nameOf(owner));
    return stored && MARKS.leaving in stored.metadata ? stored.etag : undefined;
  };

  erase: OwnerKeys["erase"] = async (owner, only) => {
    await this.#keys.delete(nameOf(owner), only);
    this.#known.delete(owner);
  };

  eraseDamagedAt: OwnerKeys["eraseDamagedAt"] = async (owner, at) => {
    // If the key is gone, store another one to carry the date; it opens nothing.
    if (!(await this.#keys.read(nameOf(owner)))) await this.#create(owner, randomBytes(KEY_BYTES));
    await this.#mark(owner, (metadata) => {
      const said = dateIn(metadata, MARKS.eraseAt);
      // That date is of earlier damage, mended since.
      const isForgotten = !said || later(said, FORGOTTEN_MS) <= this.#now();
      return { ...metadata, [MARKS.eraseAt]: (isForgotten ? at : said).toISOString() };
    });
    const stored = await this.#keys.read(nameOf(owner));
    return dateIn(stored?.metadata ?? {}, MARKS.eraseAt) ?? fail();
  };

  /** Does nothing if there is no key, or if another writer changes it at the same time. */
  async #mark(owner: OwnerId, change: (metadata: Metadata) => Metadata): Promise<void> {
    const stored = await this.#keys.read(nameOf(owner));
    if (stored) await this.#keys.writeMetadata(nameOf(owner), change(stored.metadata), stored.etag);
  }

  /** Replaces a key that is about to be erased, so that the first write's key stays. */
  async #toBeginWith(owner: OwnerId, stored: StoredBlob): Promise<HeldKey> {
    if (!(MARKS.leaving in stored.metadata)) {
      return this.#keep(owner, { ...heldIn(stored), key: checked(stored.content) });
    }
    const another = randomBytes(KEY_BYTES);
    const replaced = await this.#keys.write(nameOf(owner), { content: another }, stored.etag);
    return replaced === undefined ? fail() : this.#keep(owner, bare(another));
  }

  async #create(owner: OwnerId, key: Buffer): Promise<HeldKey> {
    const created = await this.#keys.write(nameOf(owner), { content: key }, undefined);
    return created ? this.#keep(owner, bare(key), true) : ((await this.look(owner)) ?? fail());
  }

  #keep(owner: OwnerId, held: HeldKey, isNew = false): HeldKey {
    const known = { ...held, isNew };
    this.#known.set(owner, known);
    return known;
  }

  #keyOf(owner: OwnerId) {
    const known = this.#known.get(owner);
    return known === "absent" ? undefined : known;
  }
}

const bare = (key: Buffer): HeldKey => ({ key, shreddedAt: undefined, mark: undefined });

const heldIn = ({ content, metadata }: StoredBlob): HeldKey => ({
  key: content,
  shreddedAt: dateIn(metadata, MARKS.shreddedAt),
  mark: metadata[MARKS.replacing],
});

const nameOf = (owner: OwnerId) => `owner-keys/${owner}`;

/** Undefined for anything that isn't a date: the service didn't write it. */
function dateIn(metadata: Metadata, mark: string): Date | undefined {
  const date = new Date(metadata[mark] ?? "");
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function checked(key: Buffer): Buffer {
  return key.length === KEY_BYTES ? key : fail();
}

function fail(): never {
  throw unreadable();
}
