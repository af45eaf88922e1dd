/** Recoveries that race, repeat or are cut off: everything handed out is recorded, told and counts. */

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accountKey } from "../../../lib/domain/account.ts";
import { encodeDocument } from "../../../lib/domain/backup/document.ts";
import { otpauthUri } from "../../../lib/domain/credentials/one-time-code.ts";
import { sha256 } from "../../../lib/domain/hash.ts";
import type { OwnerStore } from "../../../lib/domain/owner/owner-store.ts";
import { alarmId } from "../../../lib/domain/recovery/record.ts";
import type { Recovered, RecoveryPorts } from "../../../lib/domain/recovery/recovery.ts";
import type { Store } from "../../../lib/domain/store.ts";
import { aBackup } from "../../support/builders.ts";
import { headOf, putOwner, putRecord, recordOf } from "../../support/owners.ts";
import { storageSilent } from "../../support/silent.ts";
import { aCaller, aDevice, aDeviceId, anOwnerId, aPlace, aVersion, now, someDevices } from "../builders.ts";
import { aMixedBackup, aScene, nothing, proven, type Scene } from "../recovery-scene.ts";
import { kindFrom, tally } from "../refusals.ts";

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** Runs `happens` once this recovery has opened its version, before it continues. */
const meanwhile = async (happens: (scene: Scene) => Promise<void>) => {
  let left = 1;
  const scene: Scene = await aScene({
    through: ({ versions }) => ({
      versions: {
        ...versions,
        open: async (...asked) => {
          const content = await versions.open(...asked);
          if (left-- > 0) await happens(scene);
          return content;
        },
      },
    }),
  });
  return scene;
};

const told = (recovered: Recovered[]) =>
  recovered.flatMap(({ credentials }) => credentials.get(accountKey(proven)) ?? []);

/** The secrets that codes are checked with, in the form sent to an app. */
async function stored({ credentials }: Scene): Promise<string[]> {
  const { holders = [] } = (await credentials.find(proven))?.value ?? {};
  return holders.flatMap(({ code }) =>
    code ? [otpauthUri(proven, Buffer.from(code.secret, "base64"))] : [],
  );
}

describe("R7 R17 recoveries that race", () => {
  it("R37 a recovery that others overtake still opens the version once", async () => {
    const { versions, run, written } = await aScene({ head: { devices: someDevices(8) } });
    const callers = someDevices(8).map(({ id }) => aCaller({ device: id }));
    const recovered = await Promise.all(callers.map((caller) => run({ caller })));
    expect(new Set(recovered.map(({ id }) => id)).size).toBe(8);
    expect(versions.opened).toBe(8);
    expect(written()).toMatchObject({ owners: 8, recoveries: 8, told: 8 });
  });

  it("R14 R17 eight devices at once: each has its own credential, the one it was sent", async () => {
    const devices = someDevices(8);
    const scene = await aScene({ head: { devices } });
    const recovered = await Promise.all(
      devices.map(({ id }) => scene.run({ caller: aCaller({ device: id }) })),
    );
    expect(new Set(told(recovered)).size).toBe(8);
    expect((await stored(scene)).toSorted()).toEqual(told(recovered).toSorted());
  });

  it("R17 of 8 recoveries with one proof at the same time exactly one is answered", async () => {
    const { owners, caller, run, written } = await aScene();
    const race = await Promise.allSettled(times(8, () => run({ caller })));
    expect(tally(race)).toEqual({ done: 1, refused: times(7, () => "proof-invalid") });
    expect((await headOf(owners, aPlace()))?.value.spentProofs).toHaveLength(1);
    expect((await owners.find(anOwnerId()))?.state.recoveries).toHaveLength(1);
    expect(written()).toMatchObject({ credentials: 1, told: 8 });
  });

  it.each([
    ["replaced", { versions: [aVersion({ id: "another" }), aVersion()] }],
    ["deleted", { deletedAt: now }],
  ])(
    "R7 a backup that is %s meanwhile: busy; the owner was told, but no recovery is named and nothing handed out",
    async (_, change) => {
      const scene = await meanwhile(({ replace }) => replace(change));
      expect(await kindFrom(() => scene.run())).toBe("busy");
      expect(scene.written()).toEqual({ ...nothing, owners: 1, recoveries: 1, told: 1 });
      expect((await scene.owners.find(anOwnerId()))?.state.recoveries).toEqual([]);
      expect((await headOf(scene.owners, aPlace()))?.value.spentProofs).toEqual([]);
    },
  );

  it("R7 a change that leaves the version alone doesn't disturb, and isn't lost", async () => {
    const other = aDevice({ id: aDeviceId("other") });
    const scene = await meanwhile(({ replace }) => replace({ devices: [other] }));
    await scene.run();
    const head = (await headOf(scene.owners, aPlace()))?.value;
    expect(head?.devices.map(({ id }) => id)).toEqual([other.id, scene.caller.device]);
  });

  it("R17 a device that is revoked meanwhile gets nothing", async () => {
    const scene = await meanwhile(({ replace }) => replace({ devices: [aDevice({ revokedAt: now })] }));
    expect(await kindFrom(() => scene.run())).toBe("device-revoked");
    expect(scene.written()).toEqual({ ...nothing, owners: 1, recoveries: 1, told: 1 });
    expect((await scene.owners.find(anOwnerId()))?.state.recoveries).toEqual([]);
  });
});

describe("R8 R25 F25 a recovery that is repeated with its Idempotency-Key", () => {
  const key = { idempotencyKey: "key-1" };
  const again = () => ({ ...key, caller: aCaller() });

  it("R25 is the same recovery, with no second credential and no second announcement", async () => {
    const scene = await aScene();
    const first = await scene.run(again());
    const second = await scene.run(again());
    expect(first.credentials.size).toBe(1);
    expect(second).toMatchObject({ id: first.id, outcomes: first.outcomes, settings: first.settings });
    expect(second.credentials.size).toBe(0);
    expect(await stored(scene)).toEqual(told([first]));
    const ids = scene.outbox.items.map(({ item }) => item.type === "announcement" && item.activity.id);
    expect(ids).toEqual([alarmId(first.id, now)]);
    expect(scene.written()).toMatchObject({ owners: 2, credentials: 1, recoveries: 1 });
  });

  it("R8 brings back the first version, even if another has followed or the account was proven since", async () => {
    const { version, versions, owners, backup, run, replace } = await aScene();
    const record = (await recordOf(owners, anOwnerId())) ?? expect.fail();
    await putRecord(owners, anOwnerId(), { ...record, bindings: [] });
    const first = await run(again());
    const next = aBackup();
    const newer = aVersion({ id: "another", generation: 2, digest: sha256(encodeDocument(next)) });
    const { sealed } = await versions.seal(aPlace(), newer, encodeDocument(next));
    await putOwner(owners, anOwnerId(), (state) => ({ state, body: { id: newer.id, sealed } }));
    await replace({ generation: 2, versions: [newer, version] });
    await putRecord(owners, anOwnerId(), record);
    const second = await run(again());
    expect(second).toMatchObject({ version, outcomes: first.outcomes, settings: backup.settings });
    expect(second.credentials.size).toBe(0);
  });

  it.each([
    ["another rule for overlaps", { overlap: "keep-existing" as const }],
    [
      "other accounts on the device",
      { existing: [{ kind: "third-party" as const, issuer: "i", userName: "u" }] },
    ],
    ["another platform's backup", { from: "ios" as const }],
  ])("R8 with %s is refused", async (_, change) => {
    const { run, written } = await aScene();
    await run(again());
    const before = written();
    expect(await kindFrom(() => run({ ...again(), ...change }))).toBe("idempotency-key-reused");
    expect(written()).toEqual(before);
  });

  it("R8 with its accounts in another order is the same request", async () => {
    const { backup, run } = await aScene();
    const existing = backup.accounts.slice(2);
    const first = await run({ ...again(), existing, overlap: "keep-existing" });
    const second = await run({ ...again(), existing: existing.toReversed(), overlap: "keep-existing" });
    expect(second.id).toBe(first.id);
  });

  it("R8 R33 on another device or with another key is another recovery", async () => {
    const { run, recoveries } = await aScene();
    const ids = [
      await run(again()),
      await run({ ...again(), idempotencyKey: "key-2" }),
      await run({ ...key, caller: aCaller({ device: aDeviceId("other") }) }),
      await run({ caller: aCaller() }),
      await run({ caller: aCaller() }),
    ].map(({ id }) => id);
    expect(new Set(ids).size).toBe(5);
    expect(recoveries.size).toBe(5);
  });

  it("R8 R25 several at once, in any order of their steps: one recovery and one credential, which counts", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 5 }), async (scheduler, count) => {
        const through = (stores: RecoveryPorts) => ({
          owners: {
            ...stores.owners,
            find: scheduler.scheduleFunction(stores.owners.find),
            put: scheduler.scheduleFunction(stores.owners.put),
          },
          credentials: scheduled(stores.credentials, scheduler),
          recoveries: scheduled(stores.recoveries, scheduler),
        });
        const scene = await aScene({ through });
        const recovered = await scheduler.waitFor(Promise.all(times(count, () => scene.run(again()))));
        expect(new Set(recovered.map(({ id }) => id)).size).toBe(1);
        expect(told(recovered)).toHaveLength(1);
        expect(await stored(scene)).toEqual(told(recovered));
        expect((await scene.owners.find(anOwnerId()))?.state.recoveries).toHaveLength(1);
      }),
      { numRuns: 50 },
    );
  });

  it("R8 R18 R25 F25 cut off before or after any call: a repetition completes it, tells it, and sends no second credential", async () => {
    const calls = await callsOf();
    expect(calls).toBeGreaterThan(5);
    for (const lost of ["request", "answer"] as const) {
      for (let at = 0; at < calls; at++) {
        const cut = { at, lost, calls: 0 };
        const scene = await aScene({ backup: aMixedBackup(), through: (stores) => cutOff(stores, cut) });
        expect(await kindFrom(() => scene.run(again())), `${lost} ${at}`).toBe("storage-unavailable");
        cut.at = Number.POSITIVE_INFINITY;
        cut.calls = 0;
        const recovered = await scene.run(again());
        expect((await scene.owners.find(anOwnerId()))?.state.recoveries).toHaveLength(1);
        const ids = scene.outbox.items.map(({ item }) => item.type === "announcement" && item.activity.id);
        expect(new Set(ids)).toEqual(new Set([alarmId(recovered.id, now)]));
        if (recovered.credentials.size > 0) expect(await stored(scene)).toEqual(told([recovered]));
      }
    }
  });
});

const scheduled = <K, T>({ find, put }: Store<K, T>, scheduler: fc.Scheduler): Store<K, T> => ({
  find: scheduler.scheduleFunction(find),
  put: scheduler.scheduleFunction(put),
});

type Cut = { at: number; lost: "request" | "answer"; calls: number };

/** All the calls of one recovery, of which one is lost. */
function cutOff(stores: RecoveryPorts, cut: Cut): RecoveryPorts {
  const through =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const isLost = cut.calls++ === cut.at;
      if (isLost && cut.lost === "request") throw storageSilent();
      const result = await call(...args);
      if (isLost) throw storageSilent();
      return result;
    };
  const store = <K, T>({ find, put }: Store<K, T>) => ({ find: through(find), put: through(put) });
  const owners = (all: OwnerStore) => ({ ...all, find: through(all.find), put: through(all.put) });
  return {
    owners: owners(stores.owners),
    versions: { ...stores.versions, open: through(stores.versions.open) },
    credentials: store(stores.credentials),
    recoveries: store(stores.recoveries),
    outbox: { put: through(stores.outbox.put) },
  };
}

/** How many calls an undisturbed recovery makes. */
async function callsOf(): Promise<number> {
  const cut = { at: Number.POSITIVE_INFINITY, lost: "request" as const, calls: 0 };
  const scene = await aScene({ through: (stores) => cutOff(stores, cut) });
  await scene.run({ idempotencyKey: "key-1" });
  return cut.calls;
}
