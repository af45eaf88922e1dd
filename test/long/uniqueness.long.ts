/** A hundred thousand uploads: no initialization vector and no data key ever comes twice. */
import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { versionSeal } from "../../lib/azure/keys/version-seal.ts";
import { newId } from "../../lib/domain/id.ts";
import type { WrappingKeys } from "../../lib/domain/sealing/seal.ts";
import { aMemoryKey, memoryOwnerKeys, memoryWrappingKeys } from "../azure/memory-keys.ts";
import { aPlace, aVersion } from "../domain/builders.ts";

const UPLOADS = 100_000;
const IV_BYTES = 12;

it("F12 R36 every initialization vector and every data key is new", async () => {
  const ivs = new Set<string>();
  const wrapped = new Set<string>();
  const keys: WrappingKeys = memoryWrappingKeys([aMemoryKey("backups")]);
  const versions = versionSeal(
    memoryOwnerKeys(new Map(), () => new Date()),
    keys,
  );
  const content = Buffer.from("{}");
  for (let upload = 0; upload < UPLOADS; upload++) {
    const { sealed, wrapping } = await versions.seal(aPlace(), aVersion({ id: newId() }), content);
    ivs.add(sealed.subarray(0, IV_BYTES).toString("base64"));
    wrapped.add(wrapping.wrappedKey);
  }
  expect({ ivs: ivs.size, wrapped: wrapped.size }).toEqual({ ivs: UPLOADS, wrapped: UPLOADS });
  const opened = new Set<string>();
  const [some] = [[...wrapped].slice(0, 500)];
  const { id = "" } = await keys.current(aPlace().owner);
  for (const each of some) {
    const dataKey = await keys.unwrap(id, Buffer.from(each, "base64url"));
    opened.add(createHash("sha256").update(dataKey).digest("base64"));
  }
  expect(opened.size).toBe(500);
});
