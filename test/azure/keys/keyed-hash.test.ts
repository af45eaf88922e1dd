/** KeyedHash: the same on every instance; stored data alone isn't enough to make one. */
import { createHmac } from "node:crypto";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { blobShardKeys, shardKeyedHash } from "../../../lib/azure/keys/blob-shard-keys.ts";
import type { Blobs } from "../../../lib/azure/stores/blobs.ts";
import { sha256 } from "../../../lib/domain/hash.ts";
import type { KeyedHash, Purpose } from "../../../lib/domain/sealing/keyed-hash.ts";
import { contextOf, deriveKey, KEY_BYTES } from "../../../lib/domain/sealing/seal.ts";
import { times } from "../contracts.ts";
import { aMemoryKey, memoryWrappingKeys } from "../memory-keys.ts";
import { type OwnContainer, ownContainer } from "../targets.ts";

const PURPOSES = ["account", "alarm", "code", "ticket"] as const satisfies Purpose[];
const vault = memoryWrappingKeys([aMemoryKey("pepper")]);

let storage: OwnContainer;
let keyedHash: KeyedHash;
beforeAll(async () => {
  storage = await ownContainer();
  keyedHash = anInstance();
});
afterAll(() => storage.close());

const anInstance = (blobs: Blobs = storage.blobs): KeyedHash => shardKeyedHash(blobShardKeys(blobs, vault));
const texts = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("", "a", "A", "a ", "123456"));

it("R24 R34 two instances make the same hash of 43 characters of base64url", async () => {
  const other = anInstance();
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...PURPOSES), texts, async (purpose, text) => {
      const hash = await keyedHash.hash(purpose, text);
      expect(hash).toMatch(/^[\w-]{43}$/);
      expect(await other.hash(purpose, text)).toBe(hash);
    }),
  );
});

it("R8 twenty instances that start at once hash alike", async () => {
  const own = await ownContainer();
  const hashes = await Promise.all(times(20, () => anInstance(own.blobs).hash("code", "123456")));
  expect(new Set(hashes).size).toBe(1);
  await own.close();
});

it("R24 R34 two hashes are equal only for the same purpose and the same text", async () => {
  const input = fc.record({ purpose: fc.constantFrom(...PURPOSES), text: texts });
  await fc.assert(
    fc.asyncProperty(input, input, async (a, b) => {
      const equal = (await keyedHash.hash(a.purpose, a.text)) === (await keyedHash.hash(b.purpose, b.text));
      expect(equal).toBe(a.purpose === b.purpose && a.text === b.text);
    }),
  );
  const ofOne = await Promise.all(PURPOSES.map((purpose) => keyedHash.hash(purpose, "123456")));
  expect(new Set(ofOne).size).toBe(PURPOSES.length);
});

it("R34 R36 all stored data and our code don't suffice to make one: no stored bytes are the key", async () => {
  const text = "canary@personal.example";
  const hashes = await Promise.all(PURPOSES.map((purpose) => keyedHash.hash(purpose, text)));
  const guesses = new Set(PURPOSES.flatMap((purpose) => [sha256(text), sha256(`${purpose}${text}`)]));
  const keys: Buffer[] = [Buffer.alloc(KEY_BYTES)];
  for await (const { name } of storage.container.listBlobsFlat()) {
    const { content, metadata } = (await storage.blobs.read(name)) ?? expect.fail();
    const bytes = Buffer.concat([content, Buffer.from(JSON.stringify([name, metadata]))]);
    keys.push(bytes, ...times(bytes.length - KEY_BYTES, (at) => bytes.subarray(at, at + KEY_BYTES)));
  }
  expect(keys.length).toBeGreaterThan(384);
  for (const key of keys) {
    for (const purpose of PURPOSES) {
      const derived = deriveKey(contextOf("pepper", 1, purpose), key);
      for (const each of [key, derived])
        guesses.add(createHmac("sha256", each).update(text).digest("base64url"));
    }
  }
  for (const hash of hashes) expect({ isGuessed: guesses.has(hash) }).toEqual({ isGuessed: false });
});

it("R34 R36 on another storage the same text has another hash", async () => {
  const own = await ownContainer();
  expect(await anInstance(own.blobs).hash("account", "text")).not.toBe(
    await keyedHash.hash("account", "text"),
  );
  await own.close();
});
