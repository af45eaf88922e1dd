/** Seals an owner's state under a shard key (needs the vault) and the owner key (its deletion shreds). */
import { Failure } from "../../domain/failure.ts";
import type { OwnerId } from "../../domain/owner.ts";
import { contextOf, deriveKey, open, seal } from "../../domain/sealing/seal.ts";
import { type OwnerKeys, openUnder } from "./blob-owner-keys.ts";
import { type ShardKeys, shardOf } from "./blob-shard-keys.ts";

export interface OwnerSeal {
  /** `incarnation`: the one the content belongs to. Fails as `busy` if the owner is in another. */
  seal(owner: OwnerId, context: Buffer, content: Uint8Array, incarnation?: string): Promise<Buffer>;
  /** Fails as `backup-unreadable`, whatever is wrong. */
  open(owner: OwnerId, context: Buffer, sealed: Uint8Array): Promise<Buffer>;
  /** Starts loading the keys, so that a later `open` finds them. */
  prepare(owner: OwnerId): void;
  /** The next use reads the owner's key anew: another instance may have erased it. */
  forget(owner: OwnerId): void;
  /** Whether the owner was erased lately, so that older content never opens again. */
  isShredded(owner: OwnerId): Promise<boolean>;
  /**
   * The owner's incarnation; each erasure begins another. `name`: 22 characters of base64url. `since`: when
   * it began, as long as that is remembered. Undefined without a key.
   */
  incarnation(owner: OwnerId): Promise<Incarnation | undefined>;
}

/** For what must be read though its owner is erased meanwhile. */
export type LastingSeal = Pick<OwnerSeal, "seal" | "open">;

const INCARNATION_BYTES = 16;
/**
 * Names the incarnation that this key belongs to and reveals nothing of the key: 22 characters of base64url.
 */
export const incarnationOf = (owner: OwnerId, key: Buffer): string =>
  deriveKey(contextOf("life", 1, owner), key).toString("base64url", 0, INCARNATION_BYTES);
/**
 * Fails as `busy` if the key belongs to another incarnation than the one decided in: the content would belong
 * to the wrong one, or never open.
 */
export function requireIncarnation(owner: OwnerId, key: Buffer, incarnation: string | undefined): void {
  if (incarnation === undefined || incarnation === incarnationOf(owner, key)) return;
  throw new Failure("busy", "The owner was erased at the same time.", { retryAfterSeconds: 1 });
}

type Incarnation = { name: string; since: Date | undefined };

/** `keyFor`: gets the owner's key for sealing, by one of the two methods of `OwnerKeys`. */
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

/** `service`: whose key stands in the place of the owner's, so that no erasure takes it along. */
export const lastingSeal = (shards: ShardKeys, ownerKeys: OwnerKeys, service: OwnerId): LastingSeal => ({
  async seal(owner, context, content) {
    const [shard, key] = await Promise.all([shards.find(shardOf(owner)), ownerKeys.obtain(service)]);
    return seal(deriveKey(context, shard, key), context, content);
  },
  async open(owner, context, sealed) {
    const [shard, key] = await Promise.all([shards.find(shardOf(owner)), ownerKeys.find(service)]);
    return await openUnder(ownerKeys, service, key, (each) =>
      open(deriveKey(context, shard, each), context, sealed),
    );
  },
});
