/** The laws of a VersionStore, on memory and on Blob Storage with a vault. */
import { randomBytes } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { blobOwnerKeys } from "../../lib/azure/blob-owner-keys.ts";
import { blobVersionStore } from "../../lib/azure/blob-version-store.ts";
import type { Blobs } from "../../lib/azure/blobs.ts";
import { keyVault } from "../../lib/azure/key-vault.ts";
import { KEY_BYTES } from "../../lib/domain/envelope.ts";
import { Failure } from "../../lib/domain/failure.ts";
import { aPlace, aVersion } from "../domain/builders.ts";
import { MemoryVersions } from "../domain/memory-stores.ts";
import { openVersionIn } from "../support/open-version.ts";
import { versionStoreContract } from "./contracts.ts";
import { type OwnContainer, type OwnKeys, ownContainer, ownKeys } from "./targets.ts";

let storage: OwnContainer;
let vault: OwnKeys;
beforeAll(async () => {
  [storage, vault] = await Promise.all([ownContainer(), ownKeys(1)]);
});
afterAll(() => Promise.all([storage.close(), vault.close()]));

const aStore = (blobs: Blobs = storage.blobs) => {
  const ownerKeys = blobOwnerKeys(blobs, () => new Date());
  return blobVersionStore(
    blobs,
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

it("R8 R39 what is put while another instance makes the owner's key opens under the key that is stored", async () => {
  const [place, content] = [aPlace(), randomBytes(100)];
  const overtaken: Blobs = {
    ...storage.blobs,
    async write(name, blob, replaces) {
      const theirs = { content: randomBytes(KEY_BYTES) };
      if (name.startsWith("owner-keys/")) await storage.blobs.write(name, theirs, undefined);
      return await storage.blobs.write(name, blob, replaces);
    },
  };
  for (const custody of ["service", "client"] as const) {
    const version = aVersion({ id: randomBytes(16).toString("base64url"), custody });
    const { sealed } = await aStore(overtaken).put(place, version, content);
    const kept = custody === "client" ? sealed : undefined;
    expect(await openVersionIn(aStore(), place, version, kept)).toEqual(content);
    await storage.blobs.delete(`owner-keys/${place.owner}`);
  }
});

it("R32 a vault and a key's storage that fail together are one refusal, and leave no rejection that nobody hears", async () => {
  const unheard: unknown[] = [];
  const hear = (reason: unknown) => unheard.push(reason);
  process.on("unhandledRejection", hear);
  const down = new Failure("storage-unavailable", "down", { retryAfterSeconds: 5 });
  const blobs: Blobs = { ...storage.blobs, write: () => Promise.reject(down) };
  const noVault = new Failure("vault-unavailable", "down", { retryAfterSeconds: 10 });
  const wrapping = {
    ...keyVault(vault.credential, vault, () => new Date()),
    current: () => Promise.reject(noVault),
  };
  const versions = blobVersionStore(
    blobs,
    blobOwnerKeys(blobs, () => new Date()),
    wrapping,
  );
  const putting = versions.put(aPlace(), aVersion(), randomBytes(100));
  await expect(putting).rejects.toMatchObject({ kind: "vault-unavailable" });
  await setImmediate();
  await storage.blobs.read("nothing");
  process.off("unhandledRejection", hear);
  expect(unheard).toEqual([]);
});
