/** The laws of a HeadStore, on memory and on Blob Storage. */
import { blobHeadStore } from "../../lib/azure/blob-head-store.ts";
import { blobOwnerKeys } from "../../lib/azure/blob-owner-keys.ts";
import { aPolicy } from "../domain/builders.ts";
import { MemoryHeads } from "../domain/memory-stores.ts";
import { headStoreContract } from "./contracts.ts";
import { ownContainer } from "./targets.ts";

headStoreContract("in memory", async () => ({ heads: new MemoryHeads(), close: async () => undefined }));

headStoreContract("on Blob Storage", async () => {
  const { blobs, close } = await ownContainer();
  const ownerKeys = blobOwnerKeys(blobs, () => new Date());
  return { heads: blobHeadStore(blobs, ownerKeys, aPolicy()), close };
});
