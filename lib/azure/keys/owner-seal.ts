/** Seals what belongs to an owner under two keys: a shard's, which needs the vault, and the owner's, whose deletion shreds it. */
import { Failure } from "../../domain/failure.ts";
import type { OwnerId } from "../../domain/owner.ts";
import { contextOf, deriveKey, open, seal } from "../../domain/sealing/seal.ts";
import { type OwnerKeys, openUnder } from "./blob-owner-keys.ts";
import { type ShardKeys, shardOf } from "./blob-shard-keys.ts";

export interface OwnerSeal {
  /** `incarnation`: the only one that it may be sealed in. Fails as `busy` if the owner is in another. */
  seal(owner: OwnerId, context: Buffer, content: Uint8Array, incarnation?: string): Promise<Buffer>;
  /** Fails as `backup-unreadable`, whatever is wrong. */
  open(owner: OwnerId, context: Buffer, sealed: Uint8Array): Promise<Buffer>;
  /** Has the keys at hand by the time that something of this owner's is opened. */
  prepare(owner: OwnerId): void;
  /** The next use reads the owner's key anew: it may have been erased elsewhere. */
  forget(owner: OwnerId): void;
  /** Whether the owner was erased lately: what was sealed before will never open again. */
  isShredded(owner: OwnerId): Promise<boolean>;
  /**
   * The incarnation that the owner is in: another one after each erasure. `name`: 22 characters of base64url.
   * `since`: when it began, as far as that is still remembered. Undefined if there is no key.
   */
  incarnation(owner: OwnerId): Promise<Incarnation | undefined>;
}

const INCARNATION_BYTES = 16;
/**
 * Names the incarnation of the owner that this key is of, and tells nothing of the key: 22 characters of
 * base64url.
 */
export const incarnationOf = (owner: OwnerId, key: Buffer): string =>
  deriveKey(contextOf("life", 1, owner), key).toString("base64url", 0, INCARNATION_BYTES);
/**
 * What was decided, or sealed, in another incarnation would be the next one's, or never open. Fails as
 * `busy`.
 */
export function requireIncarnation(owner: OwnerId, key: Buffer, incarnation: string | undefined): void {
  if (incarnation === undefined || incarnation === incarnationOf(owner, key)) return;
  throw new Failure("busy", "The owner was erased at the same time.", { retryAfterSeconds: 1 });
}

type Incarnation = { name: string; since: Date | undefined };

/** `keyFor`: the owner's key to seal with, by one of the two ways that owner keys have. */
export const ownerSeal = (
  shards: ShardKeys,
  ownerKeys: OwnerKeys,
  keyFor: OwnerKeys["obtain"],
): OwnerSeal => ({
  async seal(owner, context, content, incarnation) {
    const [shard, key] = await Promise.all([shards.find(shardOf(owner)), keyFor(owner)]);
    requireIncarnation(owner, key, incarnation);
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
  async incarnation(owner) {
    const held = await ownerKeys.hold(owner);
    return held && { name: incarnationOf(owner, held.key), since: held.shreddedAt };
  },
});
