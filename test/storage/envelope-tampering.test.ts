/** Envelopes that clients keep: a changed, cut, swapped or outdated one is noticed, and what is stored beside it opens nothing alone. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Version } from "../../lib/domain/head.ts";
import { type Place, Platform } from "../../lib/domain/owner.ts";
import { aDeviceId, anId, aVersion } from "../domain/builders.ts";
import { openVersionIn } from "../support/open-version.ts";
import { aNewOwner } from "./contracts.ts";
import { damagesOf, pairs, refused, told } from "./damages.ts";
import { anInstance } from "./instances.ts";
import { type OwnContainer, ownContainer } from "./targets.ts";

type Kept = { place: Place; version: Version; sealed: Buffer };

let storage: OwnContainer;
const kept: Kept[] = [];
beforeAll(async () => {
  storage = await ownContainer();
  for (const owner of [aNewOwner(), aNewOwner()]) {
    for (const platform of Platform.options) {
      for (const name of ["first", "second"]) {
        const [place, version] = [{ owner, platform }, aVersion({ id: anId(name), custody: "client" })];
        const { sealed } = await anInstance(storage.blobs).versions.put(
          place,
          version,
          Buffer.from("document"),
        );
        kept.push({ place, version, sealed });
      }
    }
  }
});
afterAll(() => storage.close());

describe("R5 R39 an envelope that the client keeps", () => {
  it("R5 R36 is nowhere in storage, and the storage alone opens nothing", async () => {
    const { versions } = anInstance(storage.blobs);
    for (const { place, version, sealed } of kept) {
      const stored = await storage.blobs.read(`versions/${place.owner}/${place.platform}/${version.id}`);
      expect(stored?.content).toHaveLength(0);
      expect(await told(() => openVersionIn(versions, place, version))).toBe(refused);
      expect(await told(() => openVersionIn(versions, place, version, sealed))).toBe("opened");
    }
  });

  it("F8 R39 any byte changed, cut off or added", async () => {
    const { versions } = anInstance(storage.blobs);
    const { place, version, sealed } = kept[0] ?? expect.fail();
    for (const damaged of damagesOf(sealed)) {
      expect(await told(() => openVersionIn(versions, place, version, damaged))).toBe(refused);
    }
  });

  it("F9 R39 any two swapped, between versions, platforms and owners", async () => {
    const { versions } = anInstance(storage.blobs);
    const swaps = pairs(kept);
    expect(swaps).toHaveLength(28);
    for (const [a, b] of swaps) {
      expect(await told(() => openVersionIn(versions, a.place, a.version, b.sealed))).toBe(refused);
      expect(await told(() => openVersionIn(versions, b.place, b.version, a.sealed))).toBe(refused);
    }
  });

  it("R39 told of another device, time, type or size than it was sealed with", async () => {
    const { versions } = anInstance(storage.blobs);
    const { place, version, sealed } = kept[0] ?? expect.fail();
    const changes: Partial<Version>[] = [
      { device: aDeviceId("other") },
      { createdAt: new Date(0) },
      { contentType: "application/jose" },
      { sizeBytes: version.sizeBytes + 1 },
      { id: anId("third") },
    ];
    for (const change of changes) {
      expect(await told(() => openVersionIn(versions, place, { ...version, ...change }, sealed))).toBe(
        refused,
      );
    }
  });

  it("R35 once the owner's key is deleted it opens no more", async () => {
    const { place, version, sealed } = kept.at(-1) ?? expect.fail();
    await storage.container.deleteBlob(`owner-keys/${place.owner}`);
    expect(await told(() => openVersionIn(anInstance(storage.blobs).versions, place, version, sealed))).toBe(
      refused,
    );
  });
});
