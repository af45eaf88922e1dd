/** change: in any order of racing changes, each is applied once, on the state before it. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Head, newHead, type StoredHead } from "../../lib/domain/backup/head.ts";
import type { BackupKey } from "../../lib/domain/owner.ts";
import { type Change, change, type Store } from "../../lib/domain/store.ts";
import { aHead, aPlace, now, stored } from "./builders.ts";
import { MemoryStore } from "./memory-stores.ts";
import { refusalFrom } from "./refusals.ts";

const aMemory = () => new MemoryStore<BackupKey, Head>(({ owner, platform }) => `${owner}/${platform}`);

/** Adds a name that stands for the change, and returns the generation that it made. */
const append =
  (name: string) =>
  (held: StoredHead | undefined): Change<Head, number> => {
    const head = held?.value ?? newHead(now);
    const generation = head.generation + 1;
    return {
      result: generation,
      next: { ...head, generation, spentProofs: [...head.spentProofs, { id: name, at: now }] },
    };
  };

describe("R7 changes of one head", () => {
  it("R7 of N racing changes each is applied exactly once, in one order, whatever the interleaving", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.integer({ min: 1, max: 8 }),
        fc.boolean(),
        async (scheduler, count, exists) => {
          const memory = aMemory();
          if (exists) await memory.put(aPlace(), { ...newHead(now) }, undefined);
          const held = await memory.find(aPlace());
          const heads: Store<BackupKey, Head> = {
            find: scheduler.scheduleFunction(memory.find),
            put: scheduler.scheduleFunction(memory.put),
          };
          const names = Array.from({ length: count }, (_, index) => `change-${index}`);
          const running = names.map((name) => change(heads, aPlace(), held, append(name)));
          const outcomes = await scheduler.waitFor(Promise.all(running));
          const applied = (await memory.find(aPlace()))?.value.spentProofs.map(({ id }) => id);
          expect(applied?.toSorted()).toEqual(names);
          expect(applied).toEqual(
            outcomes
              .map(({ result }, index) => ({ result, name: names[index] }))
              .toSorted((a, b) => a.result - b.result)
              .map(({ name }) => name),
          );
        },
      ),
    );
  });

  it("R7 returns the state that it left, with its ETag", async () => {
    const heads = aMemory();
    const { stored: left } = await change(heads, aPlace(), undefined, append("only"));
    expect(await heads.find(aPlace())).toEqual(left);
  });

  it("R32 gives up as busy after ten lost rounds, and says when to try again", async () => {
    let rounds = 0;
    const lost: Store<BackupKey, Head> = {
      find: () => Promise.resolve(stored()),
      put: () => Promise.resolve(undefined),
    };
    const failure = await refusalFrom(() =>
      change(lost, aPlace(), stored(), (state) => {
        rounds += 1;
        return append("never")(state);
      }),
    );
    expect(failure).toMatchObject({ kind: "busy", details: { retryAfterSeconds: 1 } });
    expect(rounds).toBe(10);
  });

  it("R7 decides anew on the other request's state, and passes on a refusal that follows from it", async () => {
    const heads = aMemory();
    const held = { value: aHead(), etag: '"never"' };
    await heads.put(aPlace(), aHead({ generation: 7 }), undefined);
    const seen: (number | undefined)[] = [];
    const { result } = await change(heads, aPlace(), held, (state) => {
      seen.push(state?.value.generation);
      return append("late")(state);
    });
    expect({ seen, result }).toEqual({ seen: [1, 7], result: 8 });
  });

  it("R6 a decision that changes nothing writes nothing", async () => {
    const heads = aMemory();
    const held = stored();
    expect(await change(heads, aPlace(), held, () => ({ result: 1, unchanged: held }))).toEqual({
      result: 1,
      stored: held,
    });
    expect(heads.writes).toBe(0);
  });

  it("R39 a head round-trips through JSON, with members that a newer instance added", () => {
    const head = aHead({ deletedAt: now, spentProofs: [{ id: "proof", at: now }] });
    expect(Head.parse(JSON.parse(JSON.stringify(head)))).toEqual(head);
    expect(Head.parse({ ...head, more: 1 })).toEqual({ ...head, more: 1 });
  });
});
