/** Envelopes that clients store: changed, cut, swapped or outdated ones are refused. */
/** What is stored beside an envelope opens nothing alone. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Version } from "../../../lib/domain/backup/head.ts";
import { type BackupKey, Platform } from "../../../lib/domain/owner.ts";
import { aDeviceId, anId, aVersion } from "../../domain/builders.ts";
import { openVersionIn, putVersionIn } from "../../support/open-version.ts";
import { aNewOwner } from "../contracts.ts";
import { damagesOf, pairs, partsOf, refused, told } from "../damages.ts";
import { anInstance } from "../instances.ts";
import { type OwnContainer, ownContainer } from "../targets.ts";

type Uploaded = { place: BackupKey; version: Version; sealed: Buffer };

let storage: OwnContainer;
const kept: Uploaded[] = [];
beforeAll(async () => {
  storage = await ownContainer();
  for (const owner of [aNewOwner(), aNewOwner()]) {
    for (const platform of Platform.options) {
      for (const name of ["first", "second"]) {
        const place = { owner, platform };
        const version = aVersion({ id: anId(`${name} ${platform}`), custody: "client" });
        const instance = anInstance(storage.blobs);
        kept.push({ place, ...(await putVersionIn(instance, place, version, Buffer.from("document"))) });
      }
    }
  }
});
afterAll(() => storage.close());

describe("R5 R39 an envelope that the client keeps", () => {
  it("R5 R36 is nowhere in storage, and the storage alone opens nothing", async () => {
    const instance = anInstance(storage.blobs);
    for (const { place, version, sealed } of kept) {
      expect(await storage.blobs.read(`bodies/${place.owner}/${version.id}`)).toBeUndefined();
      const whole = (await storage.blobs.read(`owners/${place.owner}`)) ?? expect.fail();
      expect(partsOf(whole)).toHaveLength(3);
      expect({ holdsSealed: whole.content.includes(sealed) }).toEqual({ holdsSealed: false });
      expect(await told(() => openVersionIn(instance, place, version))).toBe(refused);
      expect(await told(() => openVersionIn(instance, place, version, sealed))).toBe("opened");
    }
  });

  it("F8 R39 any byte changed, cut off or added", async () => {
    const instance = anInstance(storage.blobs);
    const { place, version, sealed } = kept[0] ?? expect.fail();
    for (const damaged of damagesOf(sealed)) {
      expect(await told(() => openVersionIn(instance, place, version, damaged))).toBe(refused);
    }
  });

  it("F9 R39 any two swapped, between versions, platforms and owners", async () => {
    const instance = anInstance(storage.blobs);
    const swaps = pairs(kept);
    expect(swaps).toHaveLength(28);
    for (const [a, b] of swaps) {
      expect(await told(() => openVersionIn(instance, a.place, a.version, b.sealed))).toBe(refused);
      expect(await told(() => openVersionIn(instance, b.place, b.version, a.sealed))).toBe(refused);
    }
  });

  it("R39 with another device, time, type or size than it was sealed with", async () => {
    const instance = anInstance(storage.blobs);
    const { place, version, sealed } = kept[0] ?? expect.fail();
    const changes: Partial<Version>[] = [
      { device: aDeviceId("other") },
      { createdAt: new Date(0) },
      { contentType: "application/jose" },
      { sizeBytes: version.sizeBytes + 1 },
      { id: anId("third") },
    ];
    for (const change of changes) {
      expect(await told(() => openVersionIn(instance, place, { ...version, ...change }, sealed))).toBe(
        refused,
      );
    }
  });

  it("R35 no longer opens once the owner's key is deleted", async () => {
    const { place, version, sealed } = kept.at(-1) ?? expect.fail();
    await storage.container.deleteBlob(`owner-keys/${place.owner}`);
    expect(await told(() => openVersionIn(anInstance(storage.blobs), place, version, sealed))).toBe(refused);
  });
});
