/** Instances of the sealed stores: each with caches of its own, on a storage and a vault that they share. */
import { blobActivityLog } from "../../lib/azure/blob-activity-log.ts";
import { blobHeadStore } from "../../lib/azure/blob-head-store.ts";
import { blobOwnerKeys } from "../../lib/azure/blob-owner-keys.ts";
import { blobShardKeys, shardPeppers } from "../../lib/azure/blob-shard-keys.ts";
import { blobVersionStore } from "../../lib/azure/blob-version-store.ts";
import type { Blobs } from "../../lib/azure/blobs.ts";
import { ownerSeal } from "../../lib/azure/owner-seal.ts";
import { credentialStore, recordStore, recoveryStore, ticketStore } from "../../lib/azure/record-stores.ts";
import type { WrappingKeys } from "../../lib/domain/envelope.ts";
import { aPolicy, now } from "../domain/builders.ts";
import { aMemoryKey, memoryWrappingKeys } from "./memory-keys.ts";

const vault = memoryWrappingKeys([aMemoryKey("shared")]);

/** `blobs` holds backups and keys alike. */
export function anInstance(blobs: Blobs, wrapping: WrappingKeys = vault) {
  const ownerKeys = blobOwnerKeys(blobs, () => now);
  const shards = blobShardKeys(blobs, wrapping);
  const [seal, peppers] = [ownerSeal(shards, ownerKeys, ownerKeys.obtain), shardPeppers(shards)];
  const records = recordStore(blobs, seal);
  return {
    ownerKeys,
    shards,
    seal,
    peppers,
    records,
    recoveries: recoveryStore(blobs, seal),
    credentials: credentialStore(blobs, seal, peppers),
    tickets: ticketStore(blobs, seal),
    activity: blobActivityLog(blobs, records, seal),
    heads: blobHeadStore(blobs, ownerKeys, aPolicy()),
    versions: blobVersionStore(blobs, ownerKeys, wrapping),
  };
}
export type Instance = ReturnType<typeof anInstance>;
