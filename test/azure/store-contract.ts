/** The laws of every store that replaces its states by ETag, in memory or on Azure: one suite for all. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Store } from "../../lib/domain/store.ts";
import { type Open, opened, times } from "./contracts.ts";

export type Samples<K, T> = {
  /** A key that nothing is stored under. */
  aKey(): K;
  /** Keys that differ from this one in a single part each. */
  beside(key: K): K[];
  /** Another value for each number. */
  aValue(number: number): T;
  /** Further values, which must be found as they were put. */
  values: T[];
};

const WRITERS = 50;

export function storeContract<K, T>(
  name: string,
  open: Open<{ store: Store<K, T> }>,
  { aKey, beside, aValue, values }: Samples<K, T>,
): void {
  describe(name, () => {
    const target = opened(open);

    it("R7 finds nothing where nothing was put", async () => {
      expect(await target().store.find(aKey())).toBeUndefined();
    });

    it("R8 finds what was put, with the ETag that the put told", async () => {
      const { store } = target();
      for (const value of [aValue(1), ...values]) {
        const key = aKey();
        const etag = await store.put(key, value, undefined);
        expect(await store.find(key)).toEqual({ value, etag });
      }
    });

    it("R7 creates once: a second creation changes nothing", async () => {
      const { store } = target();
      const key = aKey();
      const etag = await store.put(key, aValue(1), undefined);
      expect(await store.put(key, aValue(2), undefined)).toBeUndefined();
      expect(await store.find(key)).toEqual({ value: aValue(1), etag });
    });

    it("R7 replaces the state that the ETag names, and no other", async () => {
      const { store } = target();
      const key = aKey();
      const first = await store.put(key, aValue(1), undefined);
      const second = await store.put(key, aValue(2), first);
      expect(second).not.toBe(first);
      expect(await store.find(key)).toEqual({ value: aValue(2), etag: second });
      expect(await store.put(key, aValue(3), first)).toBeUndefined();
      expect(await store.find(key)).toEqual({ value: aValue(2), etag: second });
    });

    it("R7 an ETag replaces nothing where there is nothing", async () => {
      const { store } = target();
      const [key, elsewhere] = [aKey(), aKey()];
      const etag = await store.put(elsewhere, aValue(1), undefined);
      expect(await store.put(key, aValue(2), etag ?? expect.fail("not put"))).toBeUndefined();
      expect(await store.find(key)).toBeUndefined();
    });

    it("R33 R39 keeps keys apart, whatever part they differ in", async () => {
      const { store } = target();
      const key = aKey();
      const keys = [key, ...beside(key), aKey()];
      await Promise.all(keys.map((each, at) => store.put(each, aValue(at), undefined)));
      const found = await Promise.all(keys.map((each) => store.find(each)));
      expect(found.map((stored) => stored?.value)).toEqual(keys.map((_, at) => aValue(at)));
    });

    it(`R7 of ${WRITERS} writers that race to create or to replace one state, one wins`, async () => {
      const { store } = target();
      const key = aKey();
      let held: string | undefined;
      for (let round = 0; round < 3; round++) {
        const numbers = times(WRITERS, (at) => round * WRITERS + at);
        const etags = await Promise.all(numbers.map((number) => store.put(key, aValue(number), held)));
        const winners = numbers.filter((_, at) => etags[at] !== undefined);
        expect(winners).toHaveLength(1);
        held = etags.find((etag) => etag !== undefined);
        expect(await store.find(key)).toEqual({ value: aValue(winners[0] ?? -1), etag: held });
      }
    });

    it("R7 in whatever order states are put, one is replaced only by whoever names it", async () => {
      const step = fc.record({
        key: fc.nat({ max: 1 }),
        names: fc.constantFrom("present", "former", "other", "none"),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 10 }), async (steps) => {
          const { store } = target();
          const model = [aKey(), aKey()].map((key) => ({ key, etags: [] as string[], value: -1 }));
          for (const [number, { key: at, names }] of steps.entries()) {
            const [own = expect.fail(), other] = [model[at], model[1 - at]];
            const present = own.etags.at(-1);
            const named = { present, former: own.etags.at(-2), other: other?.etags.at(-1), none: undefined };
            const etag = await store.put(own.key, aValue(number), named[names]);
            expect(etag !== undefined).toBe(named[names] === present);
            if (etag) Object.assign(own, { etags: [...own.etags, etag], value: number });
          }
          for (const { key, etags, value } of model) {
            const stored = etags.length > 0 ? { value: aValue(value), etag: etags.at(-1) } : undefined;
            expect(await store.find(key)).toEqual(stored);
          }
        }),
        { numRuns: 15 },
      );
    });
  });
}
