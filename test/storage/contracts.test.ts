/** What every port promises, held against the one in memory and against the one on Azure. */
import { constants, generateKeyPairSync, privateDecrypt, randomBytes } from "node:crypto";
import { afterAll, describe, expect, it } from "vitest";
import { blobHeadStore } from "../../lib/azure/blob-head-store.ts";
import { blobOwnerKeys, type OwnerKeys } from "../../lib/azure/blob-owner-keys.ts";
import { blobVersionStore } from "../../lib/azure/blob-version-store.ts";
import { keyVault } from "../../lib/azure/key-vault.ts";
import type { Clock } from "../../lib/domain/clock.ts";
import { unreadable, type WrappingKeys, wrapKey } from "../../lib/domain/envelope.ts";
import { type Head, type HeadStore, newHead, type VersionStore } from "../../lib/domain/head.ts";
import { ownerIdOf, type Place, type Platform } from "../../lib/domain/owner.ts";
import { aPolicy, aVersion } from "../domain/builders.ts";
import { MemoryHeads, MemoryVersions } from "../domain/memory-stores.ts";
import { kindFrom } from "../domain/refusals.ts";
import { anOwner } from "../support/phones.ts";
import { storageTarget, vaultTarget } from "../support/targets.ts";

const storage = await storageTarget();
const vault = await vaultTarget();
afterAll(async () => {
  await storage.remove();
  await vault.close();
});

const aPlace = (platform: Platform = "android"): Place => ({
  owner: ownerIdOf({ issuer: "https://contract.example", subject: anOwner() }),
  platform,
});
const now: Clock = () => new Date();
const ownerKeys = () => blobOwnerKeys(storage.blobs, now);
const wrapping = () => keyVault(vault.credential, { keyIds: vault.keyIds, pinned: [] });

/** A key pair in this process: what a vault does, without one. */
function memoryWrapping(): WrappingKeys {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 3072 });
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  return {
    current: () => Promise.resolve({ id: "memory", publicKey }),
    async unwrap(keyId, wrapped) {
      if (keyId !== "memory") throw unreadable();
      try {
        return privateDecrypt({ key: privateKey, padding, oaepHash: "sha256" }, wrapped);
      } catch (cause) {
        throw unreadable(cause);
      }
    },
  };
}

const aHead = (generation = 0): Head => ({ ...newHead(new Date(1_800_000_000_000)), generation });

const headStores: [string, () => HeadStore][] = [
  ["in memory", () => new MemoryHeads()],
  ["on Blob Storage", () => blobHeadStore(storage.blobs, ownerKeys(), aPolicy())],
];

describe.each(headStores)("HeadStore %s", (_, make) => {
  it("R7 finds nothing where nothing was put, and afterwards what was put", async () => {
    const [store, place] = [make(), aPlace()];
    expect(await store.find(place)).toBeUndefined();
    const etag = await store.put(place, aHead(3), undefined);
    expect(await store.find(place)).toEqual({ head: aHead(3), etag });
    expect(await store.find({ ...place, platform: "ios" })).toBeUndefined();
  });

  it("R7 replaces only the state that is named", async () => {
    const [store, place] = [make(), aPlace()];
    const first = await store.put(place, aHead(1), undefined);
    expect(await store.put(place, aHead(9), undefined)).toBeUndefined();
    expect(await store.put(place, aHead(9), '"0x1"')).toBeUndefined();
    const second = await store.put(place, aHead(2), first);
    expect(await store.put(place, aHead(9), first)).toBeUndefined();
    expect(await store.find(place)).toEqual({ head: aHead(2), etag: second });
  });

  it("R7 R8 of fifty writers at once exactly one wins, the first time and later", async () => {
    const [store, place] = [make(), aPlace()];
    const race = async (replaces: string | undefined) => {
      const etags = await Promise.all(
        Array.from({ length: 50 }, (__, at) => store.put(place, aHead(at), replaces)),
      );
      const winner = etags.findIndex((etag) => etag !== undefined);
      expect(etags.filter((etag) => etag !== undefined)).toHaveLength(1);
      expect(await store.find(place)).toEqual({ head: aHead(winner), etag: etags[winner] });
      return etags[winner];
    };
    await race(await race(undefined));
  });
});

const versionStores: [string, () => VersionStore][] = [
  ["in memory", () => new MemoryVersions()],
  ["on Blob Storage and Key Vault", () => blobVersionStore(storage.blobs, ownerKeys(), wrapping())],
];

describe.each(versionStores)("VersionStore %s", (_, make) => {
  it("R13 R36 opens exactly what was put, under its own name only", async () => {
    const [store, place, content] = [make(), aPlace(), randomBytes(10_000)];
    const { keyId } = await store.put(place, aVersion({ sizeBytes: content.length }), content);
    const version = aVersion({ sizeBytes: content.length, keyId });
    expect(await store.open(place, version)).toEqual(content);
    const elsewhere = () => store.open({ ...place, platform: "ios" }, version);
    expect(await kindFrom(elsewhere)).toBe("backup-unreadable");
    expect(await kindFrom(() => store.open(place, { ...version, id: "another" }))).toBe("backup-unreadable");
  });

  it("R8 putting the same version twice stores it once", async () => {
    const [store, place, content] = [make(), aPlace(), randomBytes(100)];
    const version = aVersion({ sizeBytes: content.length });
    await store.put(place, version, content);
    await store.put(place, version, content);
    expect(await store.open(place, version)).toEqual(content);
  });
});

describe("OwnerKeys on Blob Storage", () => {
  const owner = () => aPlace().owner;

  it("R36 twenty callers at once obtain one key of 32 bytes", async () => {
    const id = owner();
    const keys = await Promise.all(Array.from({ length: 20 }, () => ownerKeys().obtain(id)));
    expect(new Set(keys.map((key) => key.toString("hex"))).size).toBe(1);
    expect(keys[0]).toHaveLength(32);
  });

  it("R35 a key is kept for a minute at most, and not at all once forgotten", async () => {
    const [id, clock] = [owner(), { time: 0 }];
    let reads = 0;
    const counted = {
      ...storage.blobs,
      read: (name: string) => storage.blobs.read(name).finally(() => reads++),
    };
    const keys: OwnerKeys = blobOwnerKeys(counted, () => new Date(clock.time));
    await keys.obtain(id);
    const readsFor = async (work: () => Promise<unknown>) => {
      const before = reads;
      await work();
      return reads - before;
    };
    clock.time = 59_999;
    expect(await readsFor(() => keys.find(id))).toBe(0);
    clock.time = 60_000;
    expect(await readsFor(() => keys.find(id))).toBe(1);
    expect(await readsFor(() => keys.find(id, { fresh: true }))).toBe(1);
    keys.forget(id);
    expect(await readsFor(() => keys.find(id))).toBe(1);
  });
});

const wrappingKeys: [string, () => WrappingKeys][] = [
  ["in memory", memoryWrapping],
  ["in Key Vault", wrapping],
];

describe.each(wrappingKeys)("WrappingKeys %s", (_, make) => {
  it("R36 unwraps what was wrapped with the public half, and nothing else", async () => {
    const [keys, dataKey] = [make(), randomBytes(32)];
    const { id, publicKey } = await keys.current("owner");
    const wrapped = wrapKey(publicKey, dataKey);
    expect(Buffer.from(await keys.unwrap(id, wrapped))).toEqual(dataKey);
    wrapped.writeUInt8(wrapped.readUInt8(100) ^ 1, 100);
    expect(await kindFrom(() => keys.unwrap(id, wrapped))).toBe("backup-unreadable");
  });

  it("R39 a key id that isn't ours is refused, wherever it points", async () => {
    const keys = make();
    const { id } = await keys.current("owner");
    const strange = ["https://evil.example/keys/backup-kek/0123456789abcdef0123456789abcdef", `${id}0`, ""];
    for (const keyId of strange) {
      expect(await kindFrom(() => keys.unwrap(keyId, randomBytes(384)))).toBe("backup-unreadable");
    }
  });
});

it("R36 owners are spread over the configured keys, each always on the same one", async () => {
  const keys = wrapping();
  const ids = await Promise.all(Array.from({ length: 40 }, (_, at) => keys.current(`owner-${at}`)));
  expect(new Set(ids.map(({ id }) => id)).size).toBe(vault.keyIds.length);
  expect((await keys.current("owner-7")).id).toBe(ids[7]?.id);
});
