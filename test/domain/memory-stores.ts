/** The stores in memory: as atomic as the real ones, with a hook where a test wants to cut in. */
import { unreadable } from "../../lib/domain/envelope.ts";
import type { Head, HeadStore, StoredHead, Version, VersionStore } from "../../lib/domain/head.ts";
import type { Place } from "../../lib/domain/owner.ts";

const nameOf = ({ owner, platform }: Place) => `${owner}/${platform}`;

export class MemoryHeads implements HeadStore {
  readonly #heads = new Map<string, StoredHead>();
  writes = 0;

  find = async (place: Place): Promise<StoredHead | undefined> =>
    structuredClone(this.#heads.get(nameOf(place)));

  put = async (place: Place, head: Head, replaces: string | undefined): Promise<string | undefined> => {
    if (this.#heads.get(nameOf(place))?.etag !== replaces) return undefined;
    this.writes += 1;
    const etag = `"${this.writes}"`;
    this.#heads.set(nameOf(place), { value: structuredClone(head), etag });
    return etag;
  };
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

  put = async (place: Place, { id }: Omit<Version, "keyId">, content: Uint8Array) => {
    this.#contents.set(`${nameOf(place)}/${id}`, Buffer.from(content));
    return { keyId: this.keyId };
  };

  open = async (place: Place, { id }: Version): Promise<Buffer> => {
    this.opened += 1;
    const content = this.#contents.get(`${nameOf(place)}/${id}`);
    if (content) return content;
    throw unreadable();
  };
}
