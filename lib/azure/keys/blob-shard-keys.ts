/** The shard keys: 32 random bytes each, wrapped by the vault. */
/** Opening what is sealed under one needs both storage and vault, yet no vault call each time. */
import { createHmac, randomBytes } from "node:crypto";
import * as z from "zod";
import { sha256 } from "../../domain/hash.ts";
import type { KeyedHash } from "../../domain/sealing/keyed-hash.ts";
import {
  contextOf,
  deriveKey,
  KEY_BYTES,
  unreadable,
  type WrappingKeys,
  wrapKey,
} from "../../domain/sealing/seal.ts";
import type { Changed } from "../../domain/sweeps/sweep.ts";
import type { Listed } from "../stores/blob-listing.ts";
import type { Blobs, StoredBlob } from "../stores/blobs.ts";

export interface ShardKeys {
  /** Unwraps the key once per instance, then caches it. Creates it on first use. */
  find(shard: string): Promise<Buffer>;
}

const SHARDS = 64;
const Wrapping = z.strictObject({ kid: z.string() });

/** `00` to `63`. */
export const shardOf = (name: string): string =>
  String(Buffer.from(sha256(name), "base64url").readUInt8(0) % SHARDS).padStart(2, "0");

export function blobShardKeys(keys: Blobs, wrapping: WrappingKeys): ShardKeys {
  const kept = new Map<string, Promise<Buffer>>();
  const load = async (shard: string) => {
    const stored = (await keys.read(nameOf(shard))) ?? (await create(keys, wrapping, shard));
    return await unwrap(wrapping, stored);
  };
  return {
    find(shard) {
      const known = kept.get(shard);
      if (known !== undefined) return known;
      const loading = load(shard);
      kept.set(shard, loading);
      loading.catch(() => kept.delete(shard));
      return loading;
    },
  };
}

const nameOf = (shard: string) => `shard-keys/${shard}`;

/** Wraps the key anew after a rotation; the key itself stays. Another instance may have been faster. */
export const rewrapShardKey =
  (keys: Blobs, wrapping: WrappingKeys) =>
  async ({ name }: Listed, changed: Changed): Promise<void> => {
    const stored = await keys.read(name);
    const { id, publicKey } = await wrapping.current(name);
    if (!stored || stored.metadata["kid"] === id) return;
    const content = wrapKey(publicKey, await unwrap(wrapping, stored));
    const metadata = { kid: id };
    if (await keys.write(name, { content, metadata }, stored.etag)) changed(metadata, 1);
  };

/** If another instance was faster, takes its key. */
async function create(keys: Blobs, wrapping: WrappingKeys, shard: string): Promise<StoredBlob> {
  const { id, publicKey } = await wrapping.current(nameOf(shard));
  const content = wrapKey(publicKey, randomBytes(KEY_BYTES));
  await keys.write(nameOf(shard), { content, metadata: { kid: id } }, undefined);
  const stored = await keys.read(nameOf(shard));
  if (!stored) throw unreadable();
  return stored;
}

async function unwrap(wrapping: WrappingKeys, { content, metadata }: StoredBlob): Promise<Buffer> {
  const parsed = Wrapping.safeParse(metadata);
  if (!parsed.success) throw unreadable();
  const key = Buffer.from(await wrapping.unwrap(parsed.data.kid, content));
  if (key.length !== KEY_BYTES) throw unreadable();
  return key;
}

/** Uses a shard of its own, since hashes must be the same for all owners. */
export const shardKeyedHash = (shards: ShardKeys): KeyedHash => ({
  async hash(purpose, text) {
    const key = deriveKey(contextOf("pepper", 1, purpose), await shards.find("pepper"));
    return createHmac("sha256", key).update(text).digest("base64url");
  },
});
