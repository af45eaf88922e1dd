/** Instances of the sealed stores: each with its own caches, on a shared storage and vault. */

import { blobOwnerKeys } from "../../lib/azure/keys/blob-owner-keys.ts";
import { blobShardKeys, shardKeyedHash } from "../../lib/azure/keys/blob-shard-keys.ts";
import { lastingSeal, ownerSeal } from "../../lib/azure/keys/owner-seal.ts";
import { versionSeal } from "../../lib/azure/keys/version-seal.ts";
import { blobActivityLog } from "../../lib/azure/stores/blob-activity-log.ts";
import { BlobOwnerStore } from "../../lib/azure/stores/blob-owner-store.ts";
import type { Blobs } from "../../lib/azure/stores/blobs.ts";
import {
  anchorStore,
  credentialStore,
  recoveryStore,
  SERVICE,
  ticketStore,
} from "../../lib/azure/stores/record-stores.ts";
import type { Clock } from "../../lib/domain/clock.ts";
import type { WrappingKeys } from "../../lib/domain/sealing/seal.ts";
import { aPolicy, now } from "../domain/builders.ts";
import { aMemoryKey, memoryWrappingKeys } from "./memory-keys.ts";

const policy = { staleness: aPolicy(), coolingOffHours: 72 };
const vault = memoryWrappingKeys([aMemoryKey("shared")]);

type Options = { wrapping?: WrappingKeys; atHand?: Clock; inlineBytes?: number };

/** `blobs` holds backups and keys alike. `inlineBytes`: how many bytes of bodies stay in the owner's blob. */
export function anInstance(blobs: Blobs, { wrapping = vault, ...placing }: Options = {}) {
  const ownerKeys = blobOwnerKeys(blobs, () => now);
  const shards = blobShardKeys(blobs, wrapping);
  const [seal, keyedHash] = [ownerSeal(shards, ownerKeys, ownerKeys.obtain), shardKeyedHash(shards)];
  return {
    ownerKeys,
    shards,
    seal,
    lasting: lastingSeal(shards, ownerKeys, SERVICE),
    keyedHash,
    recoveries: recoveryStore(blobs, seal),
    credentials: credentialStore(blobs, seal, keyedHash),
    tickets: ticketStore(blobs, seal),
    activity: blobActivityLog(blobs, anchorStore(blobs, seal), seal),
    owners: new BlobOwnerStore(blobs, ownerKeys, seal, keyedHash, policy, placing),
    versions: versionSeal(ownerKeys, wrapping),
  };
}
export type Instance = ReturnType<typeof anInstance>;
