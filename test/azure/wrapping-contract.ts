/** The laws that every implementation of WrappingKeys must obey, in memory or in a vault. */
import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { KEY_BYTES, type WrappingKeys, wrapKey } from "../../lib/domain/sealing/seal.ts";
import { aNewOwner, opened, type Target } from "./contracts.ts";

export type WrappingTarget = {
  /** The key ids of all instances of this target; more than one. */
  keyIds: string[];
  instance(): WrappingKeys;
};

const OWNERS = 60;
const owners = Array.from({ length: OWNERS }, aNewOwner);
const unreadable = { kind: "backup-unreadable" };

export function wrappingKeysContract(name: string, open: () => Promise<Target<WrappingTarget>>): void {
  describe(`WrappingKeys, ${name}`, () => {
    const target = opened(open);

    /** A data key wrapped for one owner under each of the key ids. */
    async function wrappedUnderEach(): Promise<{ id: string; dataKey: Buffer; wrapped: Buffer }[]> {
      const keys = target().instance();
      const byId = new Map<string, { id: string; dataKey: Buffer; wrapped: Buffer }>();
      for (const owner of owners) {
        const { id, publicKey } = await keys.current(owner);
        const dataKey = randomBytes(KEY_BYTES);
        byId.set(id, { id, dataKey, wrapped: wrapKey(publicKey, dataKey) });
      }
      return [...byId.values()];
    }

    it("R37 an owner always has the same key, on every instance", async () => {
      const [one, other] = [target().instance(), target().instance()];
      for (const owner of owners.slice(0, 10)) {
        const { id, publicKey } = await one.current(owner);
        for (const again of [await one.current(owner), await other.current(owner)]) {
          expect(again.id).toBe(id);
          expect({ isSameKey: again.publicKey.equals(publicKey) }).toEqual({ isSameKey: true });
        }
      }
    });

    it("R37 the owners spread over all keys", async () => {
      const keys = target().instance();
      const { keyIds } = target();
      expect(keyIds.length).toBeGreaterThan(1);
      const used = new Map(keyIds.map((id) => [id, 0]));
      for (const owner of owners) {
        const { id } = await keys.current(owner);
        used.set(id, (used.get(id) ?? 0) + 1);
      }
      expect([...used.keys()].sort()).toEqual([...keyIds].sort());
      for (const count of used.values()) expect(count).toBeGreaterThan(OWNERS / keyIds.length / 10);
    });

    it("R39 unwraps what was wrapped, under each key, also on another instance", async () => {
      const all = await wrappedUnderEach();
      expect(all.map(({ id }) => id).sort()).toEqual([...target().keyIds].sort());
      const keys = target().instance();
      for (const { id, dataKey, wrapped } of all) {
        expect(Buffer.from(await keys.unwrap(id, wrapped))).toEqual(dataKey);
      }
    });

    it("R36 twenty at once on an instance that has never unwrapped", async () => {
      const [{ id, dataKey, wrapped } = expect.fail("no key")] = await wrappedUnderEach();
      const keys = target().instance();
      const unwrapped = await Promise.all(Array.from({ length: 20 }, () => keys.unwrap(id, wrapped)));
      for (const key of unwrapped) expect(Buffer.from(key)).toEqual(dataKey);
    });

    it("R39 what another key wrapped is unreadable, as are bytes that nobody wrapped", async () => {
      const [first = expect.fail("no key"), second = expect.fail("no second key")] = await wrappedUnderEach();
      const keys = target().instance();
      for (const wrapped of [second.wrapped, randomBytes(384), randomBytes(10)]) {
        await expect(keys.unwrap(first.id, wrapped)).rejects.toMatchObject(unreadable);
      }
    });

    it("R39 a version that doesn't exist is unreadable", async () => {
      const [{ id, wrapped } = expect.fail("no key")] = await wrappedUnderEach();
      const unknown = id.replace(/[0-9a-f]{32}$/, randomBytes(16).toString("hex"));
      expect(unknown).not.toBe(id);
      await expect(target().instance().unwrap(unknown, wrapped)).rejects.toMatchObject(unreadable);
    });

    it("R39 an id that isn't exactly one of ours is unreadable", async () => {
      const [{ id, wrapped } = expect.fail("no key")] = await wrappedUnderEach();
      const { origin, pathname } = new URL(id);
      const keys = target().instance();
      const foreign = [
        "",
        "not a url",
        origin,
        id.slice(0, -1),
        `${id}0`,
        `${id}/`,
        `${id}?api-version=7.4`,
        `${id}#`,
        id.replace("/keys/", "/secrets/"),
        id.replace("/keys/", "/keys/other-"),
        `https://stranger.example${pathname}`,
        `https://stranger.example/${origin}${pathname}`,
        id.replace("://", "://stranger@"),
      ];
      for (const each of foreign) {
        await expect(keys.unwrap(each, wrapped), each).rejects.toMatchObject(unreadable);
      }
    });
  });
}
