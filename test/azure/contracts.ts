/** The laws of every storage port, for implementations in memory and on Azure: one suite per port. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OwnerKeys } from "../../lib/azure/keys/blob-owner-keys.ts";
import type { VersionSeal } from "../../lib/domain/backup/head.ts";
import type { Clock } from "../../lib/domain/clock.ts";
import { type BackupKey, type OwnerId, ownerIdOf } from "../../lib/domain/owner.ts";
import { KEY_BYTES } from "../../lib/domain/sealing/seal.ts";
import { aVersion } from "../domain/builders.ts";

export type Target<T> = T & { close(): Promise<void> };
export type Open<T> = () => Promise<Target<T>>;

const CALLERS = 20;

export const aNewOwner = (): OwnerId =>
  ownerIdOf({ issuer: "https://contract.example", subject: crypto.randomUUID() });
export const aNewPlace = (): BackupKey => ({ owner: aNewOwner(), platform: "android" });
export const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** Opens the target before the tests and closes it after them. */
export function opened<T>(open: Open<T>): () => Target<T> {
  let target: Target<T> | undefined;
  beforeAll(async () => {
    target = await open();
  });
  afterAll(() => target?.close());
  return () => target ?? expect.fail("not open yet");
}

export function versionSealContract(name: string, open: Open<{ versions: VersionSeal }>): void {
  describe(`VersionSeal, ${name}`, () => {
    const target = opened(open);
    const unreadable = { kind: "backup-unreadable" };
    const aNewVersion = () => aVersion({ id: randomBytes(16).toString("base64url") });

    /** A version with its wrapping, and its sealed content. */
    async function aSealed(content: Buffer, place = aNewPlace()) {
      const version = aNewVersion();
      const { wrapping, sealed } = await target().versions.seal(place, version, content);
      return { place, version: { ...version, ...wrapping }, sealed };
    }

    it("R8 opens what was sealed, byte by byte, empty or a megabyte, read already or still on its way", async () => {
      for (const size of [0, 1, 1_048_576]) {
        const content = randomBytes(size);
        const { place, version, sealed } = await aSealed(content);
        expect(version.keyId).not.toBe("");
        for (const each of [sealed, Promise.resolve(sealed)])
          expect({ isTheSame: (await target().versions.open(place, version, each)).equals(content) }).toEqual(
            { isTheSame: true },
          );
      }
    });

    it("R5 R39 what was sealed opens only as that version, at its own place", async () => {
      const { versions } = target();
      const content = randomBytes(100);
      const { place, version, sealed } = await aSealed(content);
      const { sealed: another } = await aSealed(content, place);
      for (const kept of [another, Buffer.alloc(0)])
        await expect(versions.open(place, version, kept)).rejects.toMatchObject(unreadable);
      const elsewhere: BackupKey[] = [
        { ...place, platform: "ios" },
        (await aSealed(content)).place,
        aNewPlace(),
      ];
      for (const each of elsewhere)
        await expect(versions.open(each, version, sealed)).rejects.toMatchObject(unreadable);
      const other = { ...version, id: aNewVersion().id };
      await expect(versions.open(place, other, sealed)).rejects.toMatchObject(unreadable);
      expect(await versions.open(place, version, sealed)).toEqual(content);
    });

    it("R5 R8 sealed again, both envelopes open", async () => {
      const { versions } = target();
      const content = randomBytes(100);
      const { place, version, sealed } = await aSealed(content);
      for (const kept of [sealed, await versions.sealAgain(place, version, content)])
        expect(await versions.open(place, version, kept)).toEqual(content);
    });
  });
}

/** `instance`: a new one with its own cache. `erase`: deletes the stored key behind the instances' backs. */
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

    it("R39 finds no key where none was made, and doesn't cache that", async () => {
      at(0);
      const [one, other] = [target().instance(clock), target().instance(clock)];
      const owner = aNewOwner();
      expect(await one.find(owner)).toBeUndefined();
      expect(await one.look(owner)).toBeUndefined();
      const key = await other.obtain(owner);
      expect(await one.find(owner)).toEqual(key);
    });

    it("R39 makes 32 bytes: different for each owner, the same on every call and instance", async () => {
      const [one, other] = [target().instance(clock), target().instance(clock)];
      const [owner, stranger] = [aNewOwner(), aNewOwner()];
      const key = await one.obtain(owner);
      expect(key).toHaveLength(KEY_BYTES);
      expect(await one.obtain(stranger)).not.toEqual(key);
      const same = [one.obtain(owner), one.find(owner), other.find(owner), other.obtain(owner)];
      expect(await Promise.all(same)).toEqual([key, key, key, key]);
    });

    it(`R8 ${CALLERS} racing callers, on one instance or on ${CALLERS}, obtain one and the same key`, async () => {
      const one = target().instance(clock);
      for (const caller of [() => one, () => target().instance(clock)]) {
        const owner = aNewOwner();
        const keys = await Promise.all(times(CALLERS, () => caller().obtain(owner)));
        expect(new Set(keys.map((key) => key.toString("hex"))).size).toBe(1);
        expect(await target().instance(clock).find(owner)).toEqual(keys[0]);
      }
    });

    it("R29 caches a key for less than 60 s, however often it is used", async () => {
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

    it("R35 an erased key is gone for good: here at once, elsewhere with the next read; a new one differs", async () => {
      at(0);
      const [one, other] = [target().instance(clock), target().instance(clock)];
      const [owner, stranger] = [aNewOwner(), aNewOwner()];
      const [key, theirs] = [await one.obtain(owner), await one.obtain(stranger)];
      await other.find(owner);
      const leaving = (await one.beginRemoval(owner)) ?? expect.fail("no key");
      await one.erase(owner, leaving);
      await one.erase(owner, leaving);
      expect({ looked: await one.look(owner), found: await one.find(owner) }).toEqual({
        looked: undefined,
        found: undefined,
      });
      expect({ removed: await one.beginRemoval(owner), elsewhere: await other.look(owner) }).toEqual({
        removed: undefined,
        elsewhere: undefined,
      });
      const anew = await other.obtain(owner);
      expect(anew).not.toEqual(key);
      await one.erase(owner, leaving);
      expect(await one.find(owner)).toEqual(anew);
      expect(await one.find(stranger)).toEqual(theirs);
    });

    it("R35 a first write while a key is being removed gets another key, which stays", async () => {
      const [one, other] = [target().instance(clock), target().instance(clock)];
      const owner = aNewOwner();
      const key = await one.obtain(owner);
      const leaving = (await one.beginRemoval(owner)) ?? expect.fail("no key");
      const { key: anew } = await other.obtainFresh(owner);
      expect(anew).not.toEqual(key);
      await one.erase(owner, leaving);
      expect((await one.look(owner))?.key).toEqual(anew);
    });

    it("R35 a key whose removal was called off stays the one for first writes", async () => {
      const [one, other] = [target().instance(clock), target().instance(clock)];
      const owner = aNewOwner();
      const key = await one.obtain(owner);
      const leaving = (await one.beginRemoval(owner)) ?? expect.fail("no key");
      await one.settle(owner);
      expect((await other.obtainFresh(owner)).key).toEqual(key);
      await one.erase(owner, leaving);
      expect((await other.look(owner))?.key).toEqual(key);
    });

    it("R35 a key is replaced once, and says when, until something is stored under the new one", async () => {
      const [one, other] = [target().instance(clock), target().instance(clock)];
      const owner = aNewOwner();
      const key = await other.obtain(owner);
      const mark = async (made: Buffer, at: Date) => `${made.toString("hex")} ${at.toISOString()}`;
      expect(await one.replace(owner, mark, async () => "nothing")).toBeUndefined();
      const raced = await one.replace(owner, mark, async () => {
        await other.replace(owner, mark, async () => "another");
        return "another";
      });
      expect(raced).toBeUndefined();
      const another = (await one.replace(owner, mark, async () => "marked")) ?? expect.fail("none");
      expect(another).not.toEqual(key);
      const looked = { key: another, shreddedAt: clock() };
      expect(await other.look(owner)).toEqual(
        expect.objectContaining({ ...looked, mark: await mark(another, clock()) }),
      );
      await one.settle(owner);
      expect(await other.look(owner)).toEqual(expect.objectContaining({ ...looked, mark: undefined }));
    });

    it("R35 when to erase a damaged owner is set once, and leaves the key as it is", async () => {
      const [one, other] = [target().instance(clock), target().instance(clock)];
      const owner = aNewOwner();
      const key = await one.obtain(owner);
      const [first, second] = [new Date(start), new Date(start + 1000)];
      expect(await one.eraseDamagedAt(owner, first)).toEqual(first);
      expect(await other.eraseDamagedAt(owner, second)).toEqual(first);
      expect((await other.look(owner))?.key).toEqual(key);
    });

    it.each(["look", "forget"] as const)("R29 %s reads the key anew", async (way) => {
      at(0);
      const [one, other] = [target().instance(clock), target().instance(clock)];
      const owner = aNewOwner();
      const anew = async () => (way === "look" ? (await one.look(owner))?.key : one.forget(owner));
      await one.obtain(owner);
      await target().erase(owner);
      const renewed = await other.obtain(owner);
      await anew();
      expect(await one.find(owner)).toEqual(renewed);
      await target().erase(owner);
      await anew();
      expect(await one.find(owner)).toBeUndefined();
    });
  });
}
