/** What every implementation of a storage port must do, in memory or on Azure: one suite of laws per port. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OwnerKeys } from "../../lib/azure/blob-owner-keys.ts";
import type { Clock } from "../../lib/domain/clock.ts";
import type { Custody } from "../../lib/domain/custody.ts";
import { KEY_BYTES } from "../../lib/domain/envelope.ts";
import type { Version, VersionStore } from "../../lib/domain/head.ts";
import { type OwnerId, ownerIdOf, type Place } from "../../lib/domain/owner.ts";
import { aVersion } from "../domain/builders.ts";
import { tally } from "../domain/refusals.ts";
import { openVersionIn } from "../support/open-version.ts";

export type Target<T> = T & { close(): Promise<void> };
export type Open<T> = () => Promise<Target<T>>;

const WRITERS = 50;
const CALLERS = 20;

export const aNewOwner = (): OwnerId =>
  ownerIdOf({ issuer: "https://contract.example", subject: crypto.randomUUID() });
export const aNewPlace = (): Place => ({ owner: aNewOwner(), platform: "android" });
export const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** The target, opened before the tests and closed after them. */
export function opened<T>(open: Open<T>): () => Target<T> {
  let target: Target<T> | undefined;
  beforeAll(async () => {
    target = await open();
  });
  afterAll(() => target?.close());
  return () => target ?? expect.fail("not open yet");
}

export function versionStoreContract(name: string, open: Open<{ versions: VersionStore }>): void {
  describe(`VersionStore, ${name}`, () => {
    const target = opened(open);
    const aNewVersion = (custody: Custody = "service") =>
      aVersion({ id: randomBytes(16).toString("base64url"), custody });

    it("R8 opens what was put, byte by byte, empty or a megabyte", async () => {
      const { versions } = target();
      for (const size of [0, 1, 1_048_576]) {
        const [place, version, content] = [aNewPlace(), aNewVersion(), randomBytes(size)];
        const { keyId } = await versions.put(place, version, content);
        expect(keyId).not.toBe("");
        expect((await openVersionIn(versions, place, { ...version, keyId })).equals(content)).toBe(true);
      }
    });

    it("R39 can't open what was never put, nor elsewhere than where it was put", async () => {
      const { versions } = target();
      const [place, version] = [aNewPlace(), aNewVersion()];
      await versions.put(place, version, randomBytes(100));
      const unreadable = { kind: "backup-unreadable" };
      await expect(openVersionIn(versions, place, aNewVersion())).rejects.toMatchObject(unreadable);
      await expect(openVersionIn(versions, { ...place, platform: "ios" }, version)).rejects.toMatchObject(
        unreadable,
      );
      await expect(openVersionIn(versions, aNewPlace(), version)).rejects.toMatchObject(unreadable);
    });

    it(`R8 of ${WRITERS} that put it at once one has stored it, and the others are told; later ones, too`, async () => {
      const { versions } = target();
      const [place, version] = [aNewPlace(), aNewVersion()];
      const contents = times(WRITERS, () => randomBytes(1000));
      const puts = await Promise.allSettled(contents.map((each) => versions.put(place, version, each)));
      expect(tally(puts)).toEqual({ done: 1, refused: times(WRITERS - 1, () => "storage-unavailable") });
      await expect(versions.put(place, version, randomBytes(1))).rejects.toMatchObject({
        kind: "storage-unavailable",
      });
      const stored = contents[puts.findIndex(({ status }) => status === "fulfilled")];
      expect(await openVersionIn(versions, place, version)).toEqual(stored);
    });

    it("R5 what the client keeps opens only with that, at its own place", async () => {
      const { versions } = target();
      const [place, content] = [aNewPlace(), randomBytes(100)];
      const [version, other] = [aNewVersion("client"), aNewVersion("client")];
      const { sealed } = await versions.put(place, version, content);
      const { sealed: another } = await versions.put(place, other, content);
      expect(await openVersionIn(versions, place, version, sealed)).toEqual(content);
      for (const kept of [undefined, another, Buffer.alloc(0)]) {
        await expect(openVersionIn(versions, place, version, kept)).rejects.toMatchObject({
          kind: "backup-unreadable",
        });
      }
      await expect(openVersionIn(versions, aNewPlace(), version, sealed)).rejects.toMatchObject({
        kind: "backup-unreadable",
      });
    });

    it("R5 R8 sealed again, both envelopes open; what was never put can't be", async () => {
      const { versions } = target();
      const [place, version, content] = [aNewPlace(), aNewVersion("client"), randomBytes(100)];
      const { sealed } = await versions.put(place, version, content);
      const sealAgain = async (each: Version) => await (await versions.read(place, each)).sealAgain(content);
      const again = await sealAgain(version);
      for (const kept of [sealed, again]) {
        expect(await openVersionIn(versions, place, version, kept)).toEqual(content);
      }
      await expect(sealAgain(aNewVersion("client"))).rejects.toMatchObject({
        kind: "backup-unreadable",
      });
    });

    it("R8 versions of one backup stay beside each other", async () => {
      const { versions } = target();
      const place = aNewPlace();
      const all = times(5, () => ({ version: aNewVersion(), content: randomBytes(50) }));
      await Promise.all(all.map(({ version, content }) => versions.put(place, version, content)));
      for (const { version, content } of all) {
        expect((await openVersionIn(versions, place, version)).equals(content)).toBe(true);
      }
    });
  });
}

/** `instance` is a new one with a cache of its own; `erase` deletes the stored key behind their backs. */
export type OwnerKeysTarget = {
  instance(clock: Clock): OwnerKeys;
  erase(owner: OwnerId): Promise<void>;
};

export function ownerKeysContract(name: string, open: Open<OwnerKeysTarget>): void {
  describe(`OwnerKeys, ${name}`, () => {
    const target = opened(open);
    const start = Date.now();
    let milliseconds = 0;
    const clock = () => new Date(start + milliseconds);
    const at = (time: number) => {
      milliseconds = time;
    };

    it("R39 finds no key where none was made, and doesn't remember that", async () => {
      at(0);
      const [one, other] = [target().instance(clock), target().instance(clock)];
      const owner = aNewOwner();
      expect(await one.find(owner)).toBeUndefined();
      expect(await one.find(owner, { fresh: true })).toBeUndefined();
      const key = await other.obtain(owner);
      expect(await one.find(owner)).toEqual(key);
    });

    it("R39 makes 32 bytes, others for each owner, and the same on every call and instance", async () => {
      const [one, other] = [target().instance(clock), target().instance(clock)];
      const [owner, stranger] = [aNewOwner(), aNewOwner()];
      const key = await one.obtain(owner);
      expect(key).toHaveLength(KEY_BYTES);
      expect(await one.obtain(stranger)).not.toEqual(key);
      const same = [one.obtain(owner), one.find(owner), other.find(owner), other.obtain(owner)];
      expect(await Promise.all(same)).toEqual([key, key, key, key]);
    });

    it(`R8 ${CALLERS} callers that race, on one instance or on ${CALLERS}, obtain one and the same key`, async () => {
      const one = target().instance(clock);
      for (const caller of [() => one, () => target().instance(clock)]) {
        const owner = aNewOwner();
        const keys = await Promise.all(times(CALLERS, () => caller().obtain(owner)));
        expect(new Set(keys.map((key) => key.toString("hex"))).size).toBe(1);
        expect(await target().instance(clock).find(owner)).toEqual(keys[0]);
      }
    });

    it("R29 a key is remembered for less than 60 s, however often it is used", async () => {
      at(0);
      const one = target().instance(clock);
      const owner = aNewOwner();
      const key = await one.obtain(owner);
      await target().erase(owner);
      at(30_000);
      expect(await one.find(owner)).toEqual(key);
      at(59_999);
      expect(await one.obtain(owner)).toEqual(key);
      at(60_000);
      expect(await one.find(owner)).toBeUndefined();
      expect(await one.obtain(owner)).not.toEqual(key);
    });

    it("R35 erased it is gone for good, here at once, and elsewhere with the next fresh look; a new one is another", async () => {
      at(0);
      const [one, other] = [target().instance(clock), target().instance(clock)];
      const [owner, stranger] = [aNewOwner(), aNewOwner()];
      const [key, theirs] = [await one.obtain(owner), await one.obtain(stranger)];
      await other.find(owner);
      const etag = (await one.etagOf(owner)) ?? expect.fail("no key");
      await one.erase(owner, etag);
      await one.erase(owner, etag);
      expect([await one.etagOf(owner), await one.find(owner)]).toEqual([undefined, undefined]);
      expect(await other.find(owner, { fresh: true })).toBeUndefined();
      const anew = await other.obtain(owner);
      expect(anew).not.toEqual(key);
      await one.erase(owner, etag);
      expect(await one.find(owner)).toEqual(anew);
      expect(await one.find(stranger)).toEqual(theirs);
    });

    it.each(["fresh", "forget"] as const)("R29 %s reads it anew", async (way) => {
      at(0);
      const [one, other] = [target().instance(clock), target().instance(clock)];
      const owner = aNewOwner();
      await one.obtain(owner);
      await target().erase(owner);
      const renewed = await other.obtain(owner);
      if (way === "forget") one.forget(owner);
      expect(await one.find(owner, { fresh: way === "fresh" })).toEqual(renewed);
      expect(await one.find(owner)).toEqual(renewed);
      await target().erase(owner);
      if (way === "forget") one.forget(owner);
      expect(await one.find(owner, { fresh: way === "fresh" })).toBeUndefined();
      expect(await one.find(owner)).toBeUndefined();
    });
  });
}
