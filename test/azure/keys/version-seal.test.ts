/** The laws of a VersionSeal, in memory and with a vault, with owner keys on Blob Storage. */

import { randomBytes } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { blobOwnerKeys } from "../../../lib/azure/keys/blob-owner-keys.ts";
import { keyVault } from "../../../lib/azure/keys/key-vault.ts";
import { versionSeal } from "../../../lib/azure/keys/version-seal.ts";
import type { Blobs } from "../../../lib/azure/stores/blobs.ts";
import { KEY_BYTES, type WrappingKeys } from "../../../lib/domain/sealing/seal.ts";
import { aPlace, aVersion } from "../../domain/builders.ts";
import { MemorySeal } from "../../domain/memory-stores.ts";
import { storageSilent, vaultSilent } from "../../support/silent.ts";
import { aNewPlace, versionSealContract } from "../contracts.ts";
import { aMemoryKey, memoryWrappingKeys } from "../memory-keys.ts";
import { type OwnContainer, type OwnKeys, ownContainer, ownKeys } from "../targets.ts";

let storage: OwnContainer;
let vault: OwnKeys;
beforeAll(async () => {
  [storage, vault] = await Promise.all([ownContainer(), ownKeys(1)]);
});
afterAll(() => Promise.all([storage.close(), vault.close()]));

const aVault = () => keyVault(vault.credential, vault, () => new Date());
const aSeal = (blobs: Blobs = storage.blobs, wrapping: WrappingKeys = aVault()) =>
  versionSeal(
    blobOwnerKeys(blobs, () => new Date()),
    wrapping,
  );
const close = async () => undefined;

versionSealContract("in memory", async () => ({ versions: new MemorySeal(), close }));

versionSealContract("with a vault", async () => ({ versions: aSeal(), close }));

it("R8 R39 tells which key wraps it", async () => {
  const { wrapping } = await aSeal().seal(aPlace(), aVersion(), randomBytes(100));
  expect(vault.keyIds.map(({ id }) => id)).toContain(wrapping.keyId);
});

it("R39 opens with no other version's data key, and not once the owner's key is gone", async () => {
  const [place, content, versions] = [aNewPlace(), randomBytes(100), aSeal()];
  const { wrapping, sealed } = await versions.seal(place, aVersion(), content);
  const { wrapping: other } = await versions.seal(place, aVersion(), content);
  const unreadable = { kind: "backup-unreadable" };
  await expect(versions.open(place, { ...aVersion(), ...other }, sealed)).rejects.toMatchObject(unreadable);
  const version = { ...aVersion(), ...wrapping };
  expect(await versions.open(place, version, sealed)).toEqual(content);
  await storage.blobs.delete(`owner-keys/${place.owner}`);
  await expect(aSeal().open(place, version, sealed)).rejects.toMatchObject(unreadable);
  await expect(aSeal().sealAgain(place, version, content)).rejects.toMatchObject(unreadable);
});

it("R8 R39 what is sealed while another instance creates the owner's key opens under the stored key", async () => {
  const [place, content] = [aPlace(), randomBytes(100)];
  const overtaken: Blobs = {
    ...storage.blobs,
    async write(name, blob, replaces) {
      await storage.blobs.write(name, { content: randomBytes(KEY_BYTES) }, undefined);
      return await storage.blobs.write(name, blob, replaces);
    },
  };
  await storage.blobs.delete(`owner-keys/${place.owner}`);
  const { wrapping, sealed } = await aSeal(overtaken).seal(place, aVersion(), content);
  expect(await aSeal().open(place, { ...aVersion(), ...wrapping }, sealed)).toEqual(content);
});

it("R38 wrapped anew by the present key it opens as before; by the same key it stays unchanged", async () => {
  const [place, content] = [aNewPlace(), randomBytes(100)];
  const [older, newer] = [aMemoryKey("older"), aMemoryKey("newer")];
  const before = aSeal(storage.blobs, memoryWrappingKeys([older]));
  const { wrapping, sealed } = await before.seal(place, aVersion(), content);
  const version = { ...aVersion(), ...wrapping };
  expect(await before.rewrap(place.owner, version)).toMatchObject(wrapping);
  const anew = await aSeal(storage.blobs, memoryWrappingKeys([older, newer], [newer])).rewrap(
    place.owner,
    version,
  );
  expect(anew.keyId).toBe(newer.id);
  const after = aSeal(storage.blobs, memoryWrappingKeys([newer]));
  expect(await after.open(place, { ...version, ...anew }, sealed)).toEqual(content);
});

it("R32 if the vault and the key's storage both fail, there is one refusal and no unhandled rejection", async () => {
  const unheard: unknown[] = [];
  const hear = (reason: unknown) => unheard.push(reason);
  process.on("unhandledRejection", hear);
  const blobs: Blobs = { ...storage.blobs, write: () => Promise.reject(storageSilent()) };
  const wrapping = { ...aVault(), current: () => Promise.reject(vaultSilent()) };
  const sealing = aSeal(blobs, wrapping).seal(aNewPlace(), aVersion(), randomBytes(100));
  await expect(sealing).rejects.toMatchObject({ kind: "vault-unavailable" });
  await setImmediate();
  await storage.blobs.read("nothing");
  process.off("unhandledRejection", hear);
  expect(unheard).toEqual([]);
});
