/** The stores in memory: as atomic as the real ones, and what was put into the outbox can be read. */
import type { Outbox, OutboxItem } from "../../lib/domain/announcement.ts";
import { unreadable } from "../../lib/domain/envelope.ts";
import { Failure } from "../../lib/domain/failure.ts";
import type { Head, SealedVersion, Version, VersionStore } from "../../lib/domain/head.ts";
import type { OwnerId, Place } from "../../lib/domain/owner.ts";
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

const nameOf = ({ owner, platform }: Place) => `${owner}/${platform}`;

export class MemoryHeads extends MemoryStore<Place, Head> {
  constructor() {
    super(nameOf);
  }
}

export class MemoryVersions implements VersionStore {
  readonly #contents = new Map<string, Buffer>();
  opened = 0;
  readonly keyId: string;

  constructor(keyId = "https://vault.example/keys/backups/1") {
    this.keyId = keyId;
  }

  get stored(): number {
    return this.#contents.size;
  }

  put = async (place: Place, { id, custody }: Omit<Version, "keyId">, content: Uint8Array) => {
    const name = `${nameOf(place)}/${id}`;
    const sealed = Buffer.concat([Buffer.from(name), content]);
    if (this.#contents.has(name)) throw new Failure("storage-unavailable", "The version was not stored.");
    this.#contents.set(name, custody === "client" ? Buffer.alloc(0) : sealed);
    return { keyId: this.keyId, sealed };
  };

  read = async (place: Place, { id }: Version): Promise<SealedVersion> => {
    const name = `${nameOf(place)}/${id}`;
    const stored = this.#contents.get(name);
    if (!stored) throw unreadable();
    return {
      open: async (kept = stored) => {
        this.opened += 1;
        if (kept.toString("latin1").startsWith(name)) return kept.subarray(name.length);
        throw unreadable();
      },
      sealAgain: async (content) => Buffer.concat([Buffer.from(name), content]),
    };
  };
}

/** `broken`: while it is set, nothing gets in. */
export class MemoryOutbox implements Outbox {
  readonly items: { owner: OwnerId; item: OutboxItem; delaySeconds: number }[] = [];
  broken: Error | undefined;

  put = async (owner: OwnerId, item: OutboxItem, delaySeconds = 0): Promise<void> => {
    if (this.broken) throw this.broken;
    this.items.push({ owner, item: structuredClone(item), delaySeconds });
  };
}
