/** The laws of a VersionStore, on memory and on Blob Storage with a vault. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { blobOwnerKeys } from "../../lib/azure/blob-owner-keys.ts";
import { blobVersionStore } from "../../lib/azure/blob-version-store.ts";
import { keyVault } from "../../lib/azure/key-vault.ts";
import { aPlace, aVersion } from "../domain/builders.ts";
import { MemoryVersions } from "../domain/memory-stores.ts";
import { versionStoreContract } from "./contracts.ts";
import { type OwnContainer, type OwnKeys, ownContainer, ownKeys } from "./targets.ts";

let storage: OwnContainer;
let vault: OwnKeys;
beforeAll(async () => {
  [storage, vault] = await Promise.all([ownContainer(), ownKeys(1)]);
});
afterAll(() => Promise.all([storage.close(), vault.close()]));

const aStore = () => {
  const ownerKeys = blobOwnerKeys(storage.blobs, () => new Date());
  return blobVersionStore(
    storage.blobs,
    ownerKeys,
    keyVault(vault.credential, vault, () => new Date()),
  );
};

versionStoreContract("in memory", async () => ({
  versions: new MemoryVersions(),
  close: async () => undefined,
}));

versionStoreContract("on Blob Storage", async () => ({ versions: aStore(), close: async () => undefined }));

it("R8 R39 tells by which key it is wrapped", async () => {
  const [place, version] = [aPlace(), aVersion()];
  const { keyId } = await aStore().put(place, version, randomBytes(100));
  expect(vault.keyIds.map(({ id }) => id)).toContain(keyId);
});
