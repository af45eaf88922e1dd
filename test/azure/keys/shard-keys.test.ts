/** Shard keys: created once in any race, unwrapped once per instance; another's key is refused. */

import { randomBytes } from "node:crypto";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { blobShardKeys, rewrapShardKey, shardOf } from "../../../lib/azure/keys/blob-shard-keys.ts";
import type { Blobs } from "../../../lib/azure/stores/blobs.ts";
import { KEY_BYTES, type WrappingKeys, wrapKey } from "../../../lib/domain/sealing/seal.ts";
import { holds } from "../../domain/holds.ts";
import { kindFrom } from "../../domain/refusals.ts";
import { countedVault } from "../../support/counted-vault.ts";
import { FaultLine } from "../../support/fault-line.ts";
import { aNewOwner, times } from "../contracts.ts";
import { aMemoryKey, memoryWrappingKeys } from "../memory-keys.ts";
import { type OwnContainer, ownContainer } from "../targets.ts";

const [ours, strangers] = [aMemoryKey("ours"), aMemoryKey("strangers")];

let storage: OwnContainer;
beforeAll(async () => {
  storage = await ownContainer();
});
afterAll(() => storage.close());

function aVault() {
  const { vault: state, keys } = countedVault();
  return { state, vault: keys(memoryWrappingKeys([ours])) };
}

/** A shard that nobody has used, so that tests don't share one. */
const aShard = () => `test-${crypto.randomUUID()}`;
const anInstance = (vault = aVault().vault, blobs: Blobs = storage.blobs) => blobShardKeys(blobs, vault);
const stored = async (shard: string) =>
  (await storage.blobs.read(`shard-keys/${shard}`)) ?? expect.fail("none");
const put = (shard: string, content: Buffer, kid = ours.id) =>
  storage.blobs.write(`shard-keys/${shard}`, { content, metadata: { kid } }, undefined);

describe("R36 R37 a shard key", () => {
  it("R36 is 32 random bytes, different for each shard, and stored wrapped, beside the key's version", async () => {
    const instance = anInstance();
    const [shard, other] = [aShard(), aShard()];
    const key = await instance.find(shard);
    expect(key).toHaveLength(KEY_BYTES);
    expect(await instance.find(other)).not.toEqual(key);
    const { content, metadata } = await stored(shard);
    expect(metadata).toEqual({ kid: ours.id });
    expect(content).toHaveLength(384);
    expect({ holdsKey: content.includes(key) }).toEqual({ holdsKey: false });
  });

  it("R8 R37 twenty instances that race to make it all get the same one, and each unwraps once", async () => {
    const shard = aShard();
    const vaults = times(20, aVault);
    const keys = await Promise.all(vaults.map(({ vault }) => anInstance(vault).find(shard)));
    expect(new Set(keys.map((key) => key.toString("hex"))).size).toBe(1);
    expect(await anInstance().find(shard)).toEqual(keys[0]);
    expect(vaults.map(({ state }) => state.unwraps)).toEqual(vaults.map(() => 1));
  });

  it("R37 is unwrapped once by an instance, however many ask for it at once and later", async () => {
    const shard = aShard();
    const { state, vault } = aVault();
    const instance = anInstance(vault);
    const keys = await Promise.all(times(20, () => instance.find(shard)));
    expect(await instance.find(shard)).toEqual(keys[0]);
    expect(state.unwraps).toBe(1);
  });

  it("R32 while the vault fails everyone is told so; the next call tries again", async () => {
    const shard = aShard();
    const key = await anInstance().find(shard);
    const { state, vault } = aVault();
    const instance = anInstance(vault);
    state.isDown = true;
    const kinds = await Promise.all(times(5, () => kindFrom(() => instance.find(shard))));
    expect(kinds).toEqual(times(5, () => "vault-unavailable"));
    expect(await kindFrom(() => instance.find(shard))).toBe("vault-unavailable");
    state.isDown = false;
    expect(await instance.find(shard)).toEqual(key);
    expect(state.unwraps).toBe(3);
  });

  it("R8 R32 is still the stored one if the vault failed just after it was made", async () => {
    const shard = aShard();
    const { state, vault } = aVault();
    state.isDown = true;
    expect(await kindFrom(() => anInstance(vault).find(shard))).toBe("vault-unavailable");
    const before = await stored(shard);
    const key = await anInstance().find(shard);
    expect(await stored(shard)).toEqual(before);
    expect(await anInstance().find(shard)).toEqual(key);
  });

  it("R32 if the storage fails to read or to write it, the next call tries again", async () => {
    const line = new FaultLine();
    const [instance, shard] = [anInstance(aVault().vault, line.through(storage.blobs)), aShard()];
    for (const of of [/^read/, /^write/]) {
      line.arm({ how: "refused", at: 1, of });
      expect(await kindFrom(() => instance.find(shard))).toBe("storage-unavailable");
    }
    expect(await instance.find(shard)).toEqual(await anInstance().find(shard));
  });
});

describe("R38 after a rotation", () => {
  const newer = aMemoryKey("ours");
  /** Wraps with the newer version, and still unwraps what the older one wrapped. */
  const rotated: WrappingKeys = {
    ...memoryWrappingKeys([newer]),
    unwrap: (...of) => memoryWrappingKeys([ours, newer]).unwrap(...of),
  };
  const onlyNewer = memoryWrappingKeys([newer]);

  const listed = async (shard: string) => {
    const { etag, metadata } = await stored(shard);
    return { name: `shard-keys/${shard}`, etag, metadata, modifiedAt: new Date() };
  };

  it("R38 twenty sweeps at once: the key stays the same, and is wrapped by the newer version", async () => {
    const shard = aShard();
    const key = await anInstance().find(shard);
    const [before, told] = [await listed(shard), vi.fn()];
    const rewrap = rewrapShardKey(storage.blobs, rotated);
    await Promise.all(times(20, () => rewrap(before, told)));
    expect((await stored(shard)).metadata).toEqual({ kid: newer.id });
    expect(told.mock.calls).toEqual([[{ kid: newer.id }, 1]]);
    expect(await anInstance(onlyNewer).find(shard)).toEqual(key);
    const after = await stored(shard);
    await rewrap(await listed(shard), told);
    expect(await stored(shard)).toEqual(after);
    expect(told).toHaveBeenCalledTimes(1);
  });

  it("R38 an instance that knows only the older version opens it, and wraps nothing back", async () => {
    const shard = aShard();
    const key = await anInstance().find(shard);
    await rewrapShardKey(storage.blobs, rotated)(await listed(shard), () => undefined);
    const after = await stored(shard);
    const older = memoryWrappingKeys([ours]);
    const young = { ...rotated, current: older.current, isCurrent: older.isCurrent };
    expect(await anInstance(young).find(shard)).toEqual(key);
    expect(await stored(shard)).toEqual(after);
  });
});

describe("R36 R39 another's key is refused", () => {
  const wrappedBy = ({ publicKey }: typeof ours, length = KEY_BYTES) =>
    wrapKey(publicKey, randomBytes(length));
  const foreign: [string, () => [Buffer, string?]][] = [
    ["wrapped by a stranger's key, under our key's name", () => [wrappedBy(strangers)]],
    ["wrapped by a stranger's key, under its own name", () => [wrappedBy(strangers), strangers.id]],
    ["wrapped by our key, under a stranger's name", () => [wrappedBy(ours), strangers.id]],
    [
      "under the name of a version that there isn't",
      () => [wrappedBy(ours), `${ours.id.slice(0, -32)}${"0".repeat(32)}`],
    ],
    ["not wrapped at all", () => [randomBytes(KEY_BYTES)]],
    ["one byte short", () => [wrappedBy(ours, KEY_BYTES - 1)]],
    ["one byte long", () => [wrappedBy(ours, KEY_BYTES + 1)]],
    ["empty when unwrapped", () => [wrappedBy(ours, 0)]],
    ["empty", () => [Buffer.alloc(0)]],
  ];
  it.each(foreign)("R39 %s: unreadable, and nothing replaces it", async (_, make) => {
    const shard = aShard();
    const [content, kid] = make();
    await put(shard, content, kid);
    const instance = anInstance();
    for (let round = 0; round < 2; round++) {
      expect(await kindFrom(() => instance.find(shard))).toBe("backup-unreadable");
    }
    expect((await stored(shard)).content).toEqual(content);
  });

  it("R39 without its key's name, or with more beside it: unreadable", async () => {
    const metadatas: Record<string, string>[] = [{}, { key: ours.id }, { kid: ours.id, more: "1" }];
    for (const metadata of metadatas) {
      const shard = aShard();
      await storage.blobs.write(`shard-keys/${shard}`, { content: wrappedBy(ours), metadata }, undefined);
      expect(await kindFrom(() => anInstance().find(shard))).toBe("backup-unreadable");
    }
  });
});

describe("R37 which shard an owner has", () => {
  it("R37 is one of 64, the same always", () => {
    holds(
      fc.property(fc.string(), (name) => {
        expect(shardOf(name)).toMatch(/^([0-5]\d|6[0-3])$/);
        expect(shardOf(name)).toBe(shardOf(name));
      }),
    );
  });

  it("R37 the owners spread over all of them", () => {
    const counts = new Map<string, number>();
    for (const owner of times(6400, aNewOwner)) {
      counts.set(shardOf(owner), (counts.get(shardOf(owner)) ?? 0) + 1);
    }
    expect(counts.size).toBe(64);
    for (const count of counts.values()) expect(count).toBeGreaterThan(40);
  });
});
