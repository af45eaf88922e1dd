/** The stores in memory: as atomic as the real ones, with a readable outbox. */

import type { UnsealedVersion, VersionSeal } from "../../lib/domain/backup/head.ts";
import type { Outbox, OutboxItem } from "../../lib/domain/messages/announcement.ts";
import { newRecord, type OwnerRecord } from "../../lib/domain/owner/owner-record.ts";
import type { OwnerState } from "../../lib/domain/owner/owner-state.ts";
import type { OwnerStore, StoredOwner } from "../../lib/domain/owner/owner-store.ts";
import type { BackupKey, OwnerId } from "../../lib/domain/owner.ts";
import { unreadable } from "../../lib/domain/sealing/seal.ts";
import type { Store, Stored } from "../../lib/domain/store.ts";

/** `nameOf` tells keys apart, as blob names do. */
export class MemoryStore<K, T> implements Store<K, T> {
  readonly #stored = new Map<string, Stored<T>>();
  readonly #nameOf: (key: K) => string;
  writes = 0;

  constructor(nameOf: (key: K) => string) {
    this.#nameOf = nameOf;
  }

  get size(): number {
    return this.#stored.size;
  }

  find = async (key: K): Promise<Stored<T> | undefined> =>
    structuredClone(this.#stored.get(this.#nameOf(key)));

  put = async (key: K, value: T, replaces: string | undefined): Promise<string | undefined> => {
    const name = this.#nameOf(key);
    if (this.#stored.get(name)?.etag !== replaces) return undefined;
    this.writes += 1;
    const etag = `"${this.writes}"`;
    this.#stored.set(name, { value: structuredClone(value), etag });
    return etag;
  };
}

type MemoryOwner = { state: OwnerState; record: OwnerRecord; bodies: Map<string, Buffer> };

export class MemoryOwners implements OwnerStore {
  readonly #stored = new Map<OwnerId, { etag: string; value: MemoryOwner }>();
  writes = 0;

  find: OwnerStore["find"] = async (owner) => {
    const found = this.#stored.get(owner);
    return found && this.#hold(found);
  };

  findAtHand: OwnerStore["findAtHand"] = (owner) => this.find(owner);

  put: OwnerStore["put"] = async (owner, next, replaces) => {
    const found = this.#stored.get(owner);
    if (found?.etag !== replaces?.etag) return undefined;
    this.writes += 1;
    const bodies = new Map(found?.value.bodies);
    if (next.body) bodies.set(next.body.id, next.body.sealed);
    const { state, record = found?.value.record ?? newRecord() } = structuredClone(next);
    const stored = { etag: `"${this.writes}"`, value: { state, record, bodies } };
    this.#stored.set(owner, stored);
    return this.#hold(stored);
  };

  prepare: OwnerStore["prepare"] = () => undefined;
  inTurn: OwnerStore["inTurn"] = (_, work) => work(false);
  pause: OwnerStore["pause"] = async () => undefined;

  shred: OwnerStore["shred"] = async (owner, state, replaces) => {
    const found = this.#stored.get(owner);
    if (!found || (replaces && found.etag !== replaces.etag)) return;
    this.writes += 1;
    const value = { state, record: newRecord(), bodies: new Map() };
    this.#stored.set(owner, { etag: `"${this.writes}"`, value });
  };

  remove: OwnerStore["remove"] = async (owner, { etag }) => {
    if (this.#stored.get(owner)?.etag === etag) this.#stored.delete(owner);
  };

  eraseDamagedAt: OwnerStore["eraseDamagedAt"] = async (_, at) => at;

  #hold({ etag, value: { bodies, ...value } }: { etag: string; value: MemoryOwner }): StoredOwner {
    const { state, record } = structuredClone(value);
    return {
      etag,
      isAtHand: false,
      incarnation: "life",
      state,
      record: async () => record,
      async body(id) {
        const sealed = bodies.get(id);
        if (sealed) return sealed;
        throw unreadable();
      },
    };
  }
}

/**
 * The same owners, but the first write succeeds and its answer is lost; `meanwhile` runs before the writer
 * looks again.
 */
export function losingAnAnswer(owners: MemoryOwners, meanwhile: () => Promise<unknown>): OwnerStore {
  let isLost = false;
  return {
    ...owners,
    async put(...asked) {
      const stored = await owners.put(...asked);
      if (isLost) return stored;
      isLost = true;
      await meanwhile();
      return undefined;
    },
  };
}

/** Seals nothing: "sealed" content begins with the name of its place. */
export class MemorySeal implements VersionSeal {
  opened = 0;
  readonly keyId: string;

  constructor(keyId = "https://vault.example/keys/backups/1") {
    this.keyId = keyId;
  }

  seal: VersionSeal["seal"] = async (place, version, content) => ({
    wrapping: { keyId: this.keyId, wrappedKey: "wrapped" },
    sealed: Buffer.concat([Buffer.from(nameOf(place, version)), content]),
    incarnation: "life",
  });

  open: VersionSeal["open"] = async (place, version, sealed) => {
    this.opened += 1;
    const [content, name] = [await sealed, nameOf(place, version)];
    if (content.toString("latin1").startsWith(name)) return content.subarray(name.length);
    throw unreadable();
  };

  sealAgain: VersionSeal["sealAgain"] = async (place, version, content) =>
    (await this.seal(place, version, content)).sealed;

  rewrap: VersionSeal["rewrap"] = async () => ({ keyId: this.keyId, wrappedKey: "wrapped anew" });
}

const nameOf = ({ owner, platform }: BackupKey, { id }: UnsealedVersion) => `${owner}/${platform}/${id}`;

/** `broken`: while set, refuses every item. */
export class MemoryOutbox implements Outbox {
  readonly items: { owner: OwnerId; item: OutboxItem; delaySeconds: number }[] = [];
  broken: Error | undefined;

  put = async (owner: OwnerId, item: OutboxItem, delaySeconds = 0): Promise<void> => {
    if (this.broken) throw this.broken;
    this.items.push({ owner, item: structuredClone(item), delaySeconds });
  };
}
