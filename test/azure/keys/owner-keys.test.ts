/** The laws of OwnerKeys, in memory and on Blob Storage. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { blobOwnerKeys } from "../../../lib/azure/keys/blob-owner-keys.ts";
import type { StoredBlob } from "../../../lib/azure/stores/blobs.ts";
import { KEY_BYTES } from "../../../lib/domain/sealing/seal.ts";
import { aNewOwner, ownerKeysContract } from "../contracts.ts";
import { memoryOwnerKeys } from "../memory-keys.ts";
import { type OwnContainer, ownContainer } from "../targets.ts";

let storage: OwnContainer;
beforeAll(async () => {
  storage = await ownContainer();
});
afterAll(() => storage.close());

ownerKeysContract("in memory", async () => {
  const stored = new Map<string, StoredBlob>();
  return {
    instance: (clock) => memoryOwnerKeys(stored, clock),
    erase: async (owner) => void stored.delete(`owner-keys/${owner}`),
    close: async () => undefined,
  };
});

ownerKeysContract("on Blob Storage", async () => ({
  instance: (clock) => blobOwnerKeys(storage.blobs, clock),
  erase: async (owner) => void (await storage.container.deleteBlob(`owner-keys/${owner}`)),
  close: async () => undefined,
}));

it("R39 a stored key of another length is unreadable, and nothing replaces it", async () => {
  for (const length of [0, KEY_BYTES - 1, KEY_BYTES + 1]) {
    const owner = aNewOwner();
    await storage.blobs.write(`owner-keys/${owner}`, { content: randomBytes(length) }, undefined);
    const keys = blobOwnerKeys(storage.blobs, () => new Date());
    await expect(keys.find(owner)).rejects.toMatchObject({ kind: "backup-unreadable" });
    await expect(keys.obtain(owner)).rejects.toMatchObject({ kind: "backup-unreadable" });
    expect((await storage.blobs.read(`owner-keys/${owner}`))?.content).toHaveLength(length);
  }
});
