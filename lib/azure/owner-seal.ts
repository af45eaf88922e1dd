/** Seals what belongs to an owner under two keys: a shard's, which needs the vault, and the owner's, whose deletion shreds it. */
import { deriveKey, open, seal } from "../domain/envelope.ts";
import type { OwnerId } from "../domain/owner.ts";
import { type OwnerKeys, openUnder } from "./blob-owner-keys.ts";
import { type ShardKeys, shardOf } from "./blob-shard-keys.ts";

export interface OwnerSeal {
  seal(owner: OwnerId, context: Buffer, content: Uint8Array): Promise<Buffer>;
  /** Fails as `backup-unreadable`, whatever is wrong. */
  open(owner: OwnerId, context: Buffer, sealed: Uint8Array): Promise<Buffer>;
  /** Has the keys at hand by the time that something of this owner's is opened. */
  prepare(owner: OwnerId): void;
  /** The next use reads the owner's key anew: it may have been erased elsewhere. */
  forget(owner: OwnerId): void;
  /** Whether the owner was erased lately: what was sealed before will never open again. */
  isShredded(owner: OwnerId): Promise<boolean>;
  /** When that was, as far as it is still remembered. Reads the owner's key anew. */
  shreddedAt(owner: OwnerId): Promise<Date | undefined>;
}

/** `keyFor`: the owner's key to seal with, by one of the two ways that owner keys have. */
export const ownerSeal = (
  shards: ShardKeys,
  ownerKeys: OwnerKeys,
  keyFor: OwnerKeys["obtain"],
): OwnerSeal => ({
  async seal(owner, context, content) {
    const [shard, key] = await Promise.all([shards.find(shardOf(owner)), keyFor(owner)]);
    return seal(deriveKey(context, shard, key), context, content);
  },
  async open(owner, context, sealed) {
    const [shard, key] = await Promise.all([shards.find(shardOf(owner)), ownerKeys.find(owner)]);
    return await openUnder(ownerKeys, owner, key, (each) =>
      open(deriveKey(context, shard, each), context, sealed),
    );
  },
  prepare(owner) {
    Promise.all([shards.find(shardOf(owner)), ownerKeys.find(owner)]).catch(() => undefined);
  },
  forget: (owner) => ownerKeys.forget(owner),
  async isShredded(owner) {
    const key = await ownerKeys.look(owner);
    return !key || key.shreddedAt !== undefined;
  },
  shreddedAt: async (owner) => (await ownerKeys.look(owner))?.shreddedAt,
});
