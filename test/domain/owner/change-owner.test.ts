/** changeOwner makes each change exactly once, in any order of racing changes and lost answers. */
import * as fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { newHead } from "../../../lib/domain/backup/head.ts";
import { later, MINUTE } from "../../../lib/domain/clock.ts";
import { Failure } from "../../../lib/domain/failure.ts";
import type { OwnerRecord } from "../../../lib/domain/owner/owner-record.ts";
import { newState, type OwnerState } from "../../../lib/domain/owner/owner-state.ts";
import {
  changeHead,
  changeOwner,
  changeRecord,
  type Decided,
  type OwnerStore,
  type StoredOwner,
} from "../../../lib/domain/owner/owner-store.ts";
import type { Platform } from "../../../lib/domain/owner.ts";
import { headOf, putOwner, putRecord, recordOf } from "../../support/owners.ts";
import {
  aChallenge,
  aContact,
  aDeviceId,
  aHead,
  anOwnerId,
  aPlace,
  aRecord,
  aState,
  now,
} from "../builders.ts";
import { losingAnAnswer, MemoryOwners } from "../memory-stores.ts";
import { kindFrom, refusalFrom } from "../refusals.ts";

const owner = anOwnerId();
/** How many changes are remembered. */
const REMEMBERED = 8;
const MAX_ROUNDS = 30;

const pendingIn = (held: StoredOwner | undefined): string[] => held?.state.pendingEnds ?? [];

/** Adds a device that stands for the change; returns its number, counted from 1. */
const append =
  (name: string) =>
  (held: StoredOwner | undefined): Decided<number> => {
    const state = held?.state ?? newState();
    const pendingEnds = [...state.pendingEnds, aDeviceId(name)];
    return { result: pendingEnds.length, next: { state: { ...state, pendingEnds } } };
  };

const namesOf = (count: number) => Array.from({ length: count }, (_, index) => `change-${index}`);

/** The names in the order of their results. */
const inOrder = (names: string[], outcomes: { result: number }[]) =>
  outcomes
    .map(({ result }, index) => ({ result, name: names[index] ?? "" }))
    .toSorted((a, b) => a.result - b.result)
    .map(({ name }) => aDeviceId(name));

/** Each call waits for the scheduler; writes whose number is in `lost` succeed, but their answer is lost. */
function scheduled(memory: MemoryOwners, scheduler: fc.Scheduler, lost: number[] = []): OwnerStore {
  let puts = 0;
  const put: OwnerStore["put"] = async (...asked) => {
    const stored = await memory.put(...asked);
    puts += 1;
    return lost.includes(puts) ? undefined : stored;
  };
  return {
    ...memory,
    find: scheduler.scheduleFunction(memory.find),
    put: scheduler.scheduleFunction(put),
  };
}

/** Like an upload; returns the generation that it made. */
const nextGeneration = (owners: OwnerStore, held: StoredOwner | undefined, platform: Platform = "android") =>
  changeHead(owners, aPlace({ platform }), held, (stored) => {
    const head = stored?.value ?? newHead(now);
    const generation = head.generation + 1;
    return { result: generation, next: { ...head, generation } };
  });

/** Like a wrong code; returns the count. */
const countFailure = async (owners: OwnerStore) => {
  const decide = (record: OwnerRecord) => {
    const count = record.failures.count + 1;
    return { result: count, record: { ...record, failures: { count, at: now } } };
  };
  return await changeRecord(owners, owner, now, decide, await owners.find(owner));
};

/** A store where another writer always comes first. */
const alwaysLosing = (more: Partial<OwnerStore> = {}): OwnerStore => {
  const memory = new MemoryOwners();
  return { ...memory, put: async () => undefined, ...more };
};

afterEach(() => void vi.useRealTimers());

describe("R7 R8 changes of one owner", () => {
  it("R7 of N that race each is made exactly once, in one order, whatever the interleaving", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.integer({ min: 1, max: 12 }),
        fc.boolean(),
        async (scheduler, count, exists) => {
          const memory = new MemoryOwners();
          if (exists) await memory.put(owner, { state: aState(aHead()) }, undefined);
          const held = await memory.find(owner);
          const owners = scheduled(memory, scheduler);
          const names = namesOf(count);
          const running = names.map((name) => changeOwner(owners, owner, held, append(name)));
          const outcomes = await scheduler.waitFor(Promise.all(running));
          expect(pendingIn(await memory.find(owner))).toEqual(inOrder(names, outcomes));
          expect(memory.writes).toBe(count + (exists ? 1 : 0));
        },
      ),
    );
  });

  it("R8 the same if answers get lost, while fewer writers come between than are remembered", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.integer({ min: 1, max: REMEMBERED }),
        fc.array(fc.integer({ min: 1, max: 20 })),
        async (scheduler, count, lost) => {
          const memory = new MemoryOwners();
          const owners = scheduled(memory, scheduler, lost);
          const names = namesOf(count);
          const running = names.map((name) => changeOwner(owners, owner, undefined, append(name)));
          const outcomes = await scheduler.waitFor(Promise.all(running));
          expect(pendingIn(await memory.find(owner))).toEqual(inOrder(names, outcomes));
          expect(memory.writes).toBe(count);
        },
      ),
    );
  });

  it("R7 R8 changes of both backups and of the record, made at once, all stand", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(fc.integer({ min: 1, max: 9 })), async (scheduler, lost) => {
        const memory = new MemoryOwners();
        const owners = scheduled(memory, scheduler, lost);
        const platforms = ["ios", "android", "ios"] as const;
        const running = [
          ...platforms.map((platform) => nextGeneration(owners, undefined, platform)),
          ...[1, 2, 3].map(() => countFailure(owners)),
        ];
        await scheduler.waitFor(Promise.all(running));
        const state = (await memory.find(owner))?.state;
        expect({
          ios: state?.heads.ios?.generation,
          android: state?.heads.android?.generation,
          failures: (await recordOf(memory, owner))?.failures.count,
        }).toEqual({ ios: 2, android: 1, failures: 3 });
      }),
    );
  });

  it("R8 returns the state that it left, and remembers the last eight changes, newest first", async () => {
    const owners = new MemoryOwners();
    let former: string[] = [];
    for (const name of namesOf(REMEMBERED + 2)) {
      const { held } = await changeOwner(owners, owner, await owners.find(owner), append(name));
      expect(await owners.find(owner)).toMatchObject({ etag: held?.etag, state: held?.state });
      const changes = held?.state.changes ?? [];
      expect(changes.slice(1)).toEqual(former.slice(0, REMEMBERED - 1));
      expect(former).not.toContain(changes[0]);
      former = changes;
    }
    expect(former).toHaveLength(REMEMBERED);
  });

  it("R7 decides anew on the other request's state, and passes on a refusal that follows from it", async () => {
    const owners = new MemoryOwners();
    const { held } = await changeOwner(owners, owner, undefined, append("first"));
    await changeOwner(owners, owner, held, append("second"));
    const seen: number[] = [];
    const kind = await kindFrom(() =>
      changeOwner(owners, owner, held, (latest) => {
        seen.push(pendingIn(latest).length);
        if (seen.length > 1) throw new Failure("stale-precondition", "Somebody else came first.");
        return append("third")(latest);
      }),
    );
    expect({ kind, seen, writes: owners.writes }).toEqual({
      kind: "stale-precondition",
      seen: [1, 2],
      writes: 2,
    });
  });

  it("R7 without a change nothing is written, whoever else has written", async () => {
    const owners = new MemoryOwners();
    const { held } = await changeOwner(owners, owner, undefined, append("first"));
    expect(await changeOwner(owners, owner, held, () => ({ result: "as it is" }))).toEqual({
      result: "as it is",
      held,
    });
    expect(owners.writes).toBe(1);
  });

  it("R7 a change that waited for its turn decides on the state that the others left, in one round", async () => {
    const memory = new MemoryOwners();
    const held = await putOwner(memory, owner, (state) => ({ state }));
    await changeOwner(memory, owner, held, append("first"));
    const owners: OwnerStore = { ...memory, inTurn: (_, work) => work(true) };
    const decide = vi.fn(append("second"));
    const { result } = await changeOwner(owners, owner, held, decide);
    expect({ result, rounds: decide.mock.calls.length }).toEqual({ result: 2, rounds: 1 });
  });
});

describe("R8 a lost answer and another writer: one generation", () => {
  it("R8 of a backup: both uploads have their own generation, and each maker is told its own", async () => {
    const memory = new MemoryOwners();
    const held = await putOwner(memory, owner, () => ({ state: aState(aHead({ generation: 1 })) }));
    const owners = losingAnAnswer(memory, async () => nextGeneration(memory, await memory.find(owner)));
    expect(await nextGeneration(owners, held)).toMatchObject({ result: 2 });
    expect((await headOf(memory, aPlace()))?.value.generation).toBe(3);
  });

  it("R8 R24 of a count: each try counts once", async () => {
    const memory = new MemoryOwners();
    await putRecord(memory, owner, aRecord());
    const owners = losingAnAnswer(memory, () => countFailure(memory));
    expect(await countFailure(owners)).toMatchObject({ result: 1 });
    expect((await recordOf(memory, owner))?.failures.count).toBe(2);
  });

  it("R8 R17 of a spent proof: its maker isn't told that it was used before", async () => {
    const memory = new MemoryOwners();
    const held = await putOwner(memory, owner, () => ({ state: aState(aHead()) }));
    const spend = (owners: OwnerStore, id: string) =>
      changeHead(owners, aPlace(), held, (stored) => {
        const { spentProofs, ...head } = stored?.value ?? newHead(now);
        if (spentProofs.some((each) => each.id === id)) throw new Failure("proof-invalid", "Used before.");
        const next = { ...head, spentProofs: [...spentProofs, { id, at: now }] };
        return { result: "spent", next };
      });
    const owners = losingAnAnswer(memory, () => spend(memory, "another"));
    expect(await spend(owners, "proof")).toMatchObject({ result: "spent" });
    const spent = (await headOf(memory, aPlace()))?.value.spentProofs;
    expect(spent?.map(({ id }) => id)).toEqual(["proof", "another"]);
  });

  it("R8 an owner's first change creates the owner once", async () => {
    const memory = new MemoryOwners();
    const owners = losingAnAnswer(memory, async () =>
      changeOwner(memory, owner, await memory.find(owner), append("another")),
    );
    const { result, held } = await changeOwner(owners, owner, undefined, append("first"));
    expect({ result, pending: pendingIn(held) }).toEqual({
      result: 1,
      pending: ["first", "another"].map(aDeviceId),
    });
  });
});

describe("R32 busy", () => {
  const busy = { kind: "busy", details: { retryAfterSeconds: 1 } };

  it("R32 after thirty lost rounds; the store pauses between them, longer and longer", async () => {
    const paused: number[] = [];
    const decide = vi.fn(append("never"));
    const owners = alwaysLosing({ pause: async (rounds) => void paused.push(rounds) });
    expect(await refusalFrom(() => changeOwner(owners, owner, undefined, decide))).toMatchObject(busy);
    expect(decide).toHaveBeenCalledTimes(MAX_ROUNDS);
    expect(paused).toEqual(Array.from({ length: MAX_ROUNDS - 1 }, (_, index) => index + 2));
  });

  it("R32 after three seconds, however few the rounds", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const decide = vi.fn(append("never"));
    const owners = alwaysLosing({ pause: async () => void vi.advanceTimersByTime(1500) });
    expect(await refusalFrom(() => changeOwner(owners, owner, undefined, decide))).toMatchObject(busy);
    expect(decide).toHaveBeenCalledTimes(3);
  });

  const begun = (state: OwnerState): OwnerState => ({
    ...state,
    erasure: { device: aDeviceId(), requestedAt: now, eraseAt: now, begunAt: now },
  });

  it("R35 during an erasure: nothing is decided, and nothing written", async () => {
    const owners = new MemoryOwners();
    const held = await putOwner(owners, owner, (state) => ({ state: begun(state) }));
    const decide = vi.fn(append("never"));
    expect(await refusalFrom(() => changeOwner(owners, owner, held, decide))).toMatchObject(busy);
    expect({ decided: decide.mock.calls.length, writes: owners.writes }).toEqual({ decided: 0, writes: 1 });
  });

  it("R35 even if the erasure began after the owner was read", async () => {
    const owners = new MemoryOwners();
    const held = await putOwner(owners, owner, (state) => ({ state }));
    await putOwner(owners, owner, (state) => ({ state: begun(state) }));
    const decide = vi.fn(append("never"));
    expect(await refusalFrom(() => changeOwner(owners, owner, held, decide))).toMatchObject(busy);
    expect({ decided: decide.mock.calls.length, writes: owners.writes }).toEqual({ decided: 1, writes: 2 });
  });

  it("R35 an erasure that was requested, but hasn't begun, stops nobody", async () => {
    const owners = new MemoryOwners();
    const { begunAt: _, ...asked } = begun(newState()).erasure ?? expect.fail("no erasure");
    const held = await putOwner(owners, owner, (state) => ({ state: { ...state, erasure: asked } }));
    expect(await changeOwner(owners, owner, held, append("change"))).toMatchObject({ result: 1 });
  });
});

describe("R35 changes of the record", () => {
  it("R35 expired parts leave it; the same record is no change", async () => {
    const owners = new MemoryOwners();
    const over = aChallenge({ createdAt: later(now, -60 * MINUTE) });
    const open = aChallenge();
    await putRecord(owners, owner, aRecord({ challenges: [open, over] }));
    const held = await owners.find(owner);
    const same = await changeRecord(owners, owner, now, (record) => ({ result: "same", record }), held);
    expect({ result: same.result, writes: owners.writes }).toEqual({ result: "same", writes: 1 });
    const contacts = [aContact()];
    const change = (before: OwnerRecord) => ({ result: undefined, record: { ...before, contacts } });
    const { record } = await changeRecord(owners, owner, now, change, held);
    expect(record).toEqual(aRecord({ contacts, challenges: [open] }));
    expect(await recordOf(owners, owner)).toEqual(record);
  });
});
