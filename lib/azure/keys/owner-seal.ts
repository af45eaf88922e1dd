/** Seals what belongs to an owner under two keys: a shard's, which needs the vault, and the owner's, whose deletion shreds it. */

import type { OwnerId } from "../../domain/owner.ts";
import { contextOf, deriveKey, open, seal } from "../../domain/sealing/seal.ts";
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
  /**
   * The life that the owner is in: another one after each erasure. `name`: 22 characters of base64url. `since`: when it began, as far as that
   * is still remembered. Undefined if there is no key.
   */
  life(owner: OwnerId): Promise<Life | undefined>;
}

const LIFE_BYTES = 16;
/** Names the life of the owner that this key is of, and tells nothing of the key: 22 characters of base64url. */
export const lifeOf = (owner: OwnerId, key: Buffer): string =>
  deriveKey(contextOf("life", 1, owner), key).toString("base64url", 0, LIFE_BYTES);
type Life = { name: string; since: Date | undefined };

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
  async life(owner) {
    const held = await ownerKeys.hold(owner);
    return held && { name: lifeOf(owner, held.key), since: held.shreddedAt };
  },
});
