/** The laws of an OwnerStore, in memory and on Blob Storage, with bodies inside the owner's blob or not. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { later, MINUTE } from "../../../lib/domain/clock.ts";
import type { OwnerRecord } from "../../../lib/domain/owner/owner-record.ts";
import { type OwnerState, versionsIn } from "../../../lib/domain/owner/owner-state.ts";
import type { OwnerStore, StoredOwner } from "../../../lib/domain/owner/owner-store.ts";
import type { OwnerId } from "../../../lib/domain/owner.ts";
import type { Store } from "../../../lib/domain/store.ts";
import { aDevice, aDeviceId, aHead, anId, aRecord, aState, aVersion, now } from "../../domain/builders.ts";
import { MemoryOwners } from "../../domain/memory-stores.ts";
import { aNewOwner, times } from "../contracts.ts";
import { anInstance } from "../instances.ts";
import { aFullRecord } from "../samples.ts";
import { type Samples, storeContract } from "../store-contract.ts";
import { type OwnContainer, ownContainer } from "../targets.ts";

const WRITERS = 20;
const unreadable = { kind: "backup-unreadable" };

let storage: OwnContainer;
beforeAll(async () => {
  storage = await ownContainer();
});
afterAll(() => storage.close());

type Owner = { state: OwnerState; record: OwnerRecord };

const samples: Samples<OwnerId, Owner> = {
  aKey: aNewOwner,
  beside: () => [aNewOwner()],
  aValue: (number) => ({
    state: aState(aHead({ generation: number })),
    record: aRecord({ failures: { count: number } }),
  }),
  values: [
    { state: aState(undefined), record: aFullRecord() },
    {
      state: aState(aHead({ deletedAt: now, versions: [], devices: [] }), {
        recoveries: [{ id: anId("recovery"), device: aDeviceId(), record: anId("record"), endsAt: now }],
        erasure: { device: aDeviceId(), requestedAt: now, eraseAt: now, begunAt: now },
        erased: { at: now, hadContact: true, accounts: ["name"] },
        pendingEnds: [aDeviceId("lost")],
        changes: ["change"],
      }),
      record: aRecord(),
    },
  ],
};

/** An owner store as a store by ETag; remembers the held owners by their ETags. */
function asStore(owners: OwnerStore): Store<OwnerId, Owner> {
  const known = new Map<string, StoredOwner>();
  const keep = (held: StoredOwner) => {
    known.set(held.etag, held);
    return held.etag;
  };
  return {
    async find(owner) {
      const held = await owners.find(owner);
      return held && { value: { state: held.state, record: await held.record() }, etag: keep(held) };
    },
    async put(owner, value, replaces) {
      const held = await owners.put(owner, value, replaces === undefined ? undefined : known.get(replaces));
      return held && keep(held);
    },
  };
}

const targets: [string, () => OwnerStore][] = [
  ["in memory", () => new MemoryOwners()],
  ["on Blob Storage", () => anInstance(storage.blobs).owners],
  ["on Blob Storage, bodies beside it", () => anInstance(storage.blobs, { inlineBytes: 0 }).owners],
];

for (const [name, open] of targets.slice(0, 2)) {
  const target = async () => ({ store: asStore(open()), close: async () => undefined });
  storeContract(`OwnerStore, ${name}`, target, samples);
}

/** An owner whose Android backup has these versions. */
const withVersions = (...ids: string[]) => aState(aHead({ versions: ids.map((id) => aVersion({ id })) }));
const aBody = (id: string) => ({ id, sealed: randomBytes(200) });
/** So large that two never fit in the owner's blob, and one isn't read with the state. */
const aLargeBody = (id: string) => ({ id, sealed: randomBytes(63 * 1024) });

describe.each(targets)("OwnerStore, %s", (_, open) => {
  it("R8 a record that is left out stays as it was", async () => {
    const [owners, owner] = [open(), aNewOwner()];
    const first = await owners.put(owner, { state: aState(undefined), record: aFullRecord() }, undefined);
    const second = await owners.put(owner, { state: aState(aHead()) }, first);
    expect(await second?.record()).toEqual(aFullRecord());
    const held = await owners.find(owner);
    expect({ state: held?.state, record: await held?.record() }).toEqual({
      state: aState(aHead()),
      record: aFullRecord(),
    });
  });

  it("R8 every named version has its body, whichever was put last, whether the owner was read whole or not", async () => {
    const [owners, owner] = [open(), aNewOwner()];
    const bodies = times(5, (at) => aBody(`version-${at}`));
    let held: StoredOwner | undefined;
    for (const [at, body] of bodies.entries()) {
      const state = withVersions(...bodies.slice(0, at + 1).map(({ id }) => id));
      held = (await owners.put(owner, { state, body }, held)) ?? expect.fail("not put");
      if (at % 2 === 0) held = await owners.find(owner, { whole: false });
    }
    for (const each of [held, await owners.find(owner), await owners.find(owner, { whole: false })]) {
      for (const { id, sealed } of bodies) expect(await each?.body(id)).toEqual(sealed);
      await expect(each?.body("another")).rejects.toMatchObject(unreadable);
    }
  });

  it("R8 a body that moved after its owner was read is found at its new place", async () => {
    const [owners, owner] = [open(), aNewOwner()];
    const [first, second] = [aBody("first"), aLargeBody("second")];
    const stored = await owners.put(owner, { state: withVersions("first"), body: first }, undefined);
    const held = (await owners.find(owner, { whole: false })) ?? expect.fail("nothing stored");
    await owners.put(owner, { state: withVersions("second", "first"), body: second }, stored);
    expect(await held.body("first")).toEqual(first.sealed);
  });

  it("R8 an owner larger than the first read is read and changed all the same", async () => {
    const [owners, owner] = [open(), aNewOwner()];
    const state = aState(
      aHead({ versions: times(60, (at) => aVersion({ id: anId(`${at}`), digest: "d".repeat(2000) })) }),
    );
    const record = { ...aFullRecord(), endedDevices: times(200, (at) => aDeviceId(`${at}`)) };
    await owners.put(owner, { state, record }, undefined);
    const held = (await owners.find(owner, { whole: false })) ?? expect.fail("nothing stored");
    expect({ state: held.state, record: await held.record() }).toEqual({ state, record });
    const next = { ...state, changes: ["change"] };
    expect(await owners.put(owner, { state: next }, held)).toBeDefined();
    expect((await owners.find(owner, { whole: false }))?.state).toEqual(next);
  });

  it("R7 an owner held without its bodies changes nothing once another writer has", async () => {
    const [owners, owner] = [open(), aNewOwner()];
    const [first, second] = [aLargeBody("first"), aLargeBody("second")];
    const stored = await owners.put(owner, { state: withVersions("first"), body: first }, undefined);
    const held = await owners.find(owner, { whole: false });
    const state = withVersions("second", "first");
    await owners.put(owner, { state, body: second }, stored);
    expect(await owners.put(owner, { state: withVersions("first") }, held)).toBeUndefined();
    expect((await owners.find(owner))?.state).toEqual(state);
  });

  it(`R7 R8 of ${WRITERS} that put a body at once one has stored it, and its own opens`, async () => {
    const [owners, owner] = [open(), aNewOwner()];
    const bodies = times(WRITERS, (at) => aBody(`version-${at}`));
    const puts = await Promise.all(
      bodies.map((body) => owners.put(owner, { state: withVersions(body.id), body }, undefined)),
    );
    expect(puts.filter((stored) => stored !== undefined)).toHaveLength(1);
    const held = (await owners.find(owner)) ?? expect.fail("nothing stored");
    const [version] = versionsIn(held.state);
    const won = bodies[puts.findIndex((stored) => stored !== undefined)];
    expect({ id: version?.id, body: await held.body(version?.id ?? "") }).toEqual({
      id: won?.id,
      body: won?.sealed,
    });
  });

  it("R35 a shredded owner has only the replacing state, and only if it was the held owner", async () => {
    const [owners, owner] = [open(), aNewOwner()];
    const body = aBody("version");
    const former = await owners.put(
      owner,
      { state: withVersions("version"), record: aRecord(), body },
      undefined,
    );
    const held = await owners.put(owner, { state: withVersions("version"), record: aFullRecord() }, former);
    const state = aState(undefined, { erased: { at: now, hadContact: true, accounts: [] } });
    await owners.shred(owner, state, former);
    expect((await owners.find(owner))?.etag).toBe(held?.etag);
    await owners.shred(owner, state, held);
    const left = (await owners.find(owner)) ?? expect.fail("gone");
    expect({ state: left.state, record: await left.record() }).toEqual({ state, record: aRecord() });
    expect(await owners.put(owner, { state: aState(aHead()) }, held)).toBeUndefined();
  });

  it("R35 a removed owner is gone and may begin anew; one changed meanwhile stays", async () => {
    const [owners, owner] = [open(), aNewOwner()];
    const former =
      (await owners.put(owner, { state: aState(undefined) }, undefined)) ?? expect.fail("not put");
    const held = (await owners.put(owner, { state: aState(aHead()) }, former)) ?? expect.fail("not put");
    await owners.remove(owner, former);
    expect((await owners.find(owner))?.state).toEqual(aState(aHead()));
    await owners.remove(owner, held);
    expect(await owners.find(owner)).toBeUndefined();
    expect(await owners.put(owner, { state: aState(aHead()) }, held)).toBeUndefined();
    expect(await owners.put(owner, { state: aState(undefined) }, undefined)).toBeDefined();
  });
});

describe("an owner at hand", () => {
  const open = (clock: () => Date) => anInstance(storage.blobs, { atHand: clock }).owners;

  it("R8 is what this instance has put, for a minute; reads find what another has put then", async () => {
    let time = now;
    const [here, there] = [open(() => time), open(() => time)];
    const owner = aNewOwner();
    const first = await here.put(owner, { state: aState(aHead()) }, undefined);
    const elsewhere = await there.put(owner, { state: aState(undefined) }, await there.find(owner));
    expect(await here.findAtHand(owner)).toMatchObject({ isAtHand: true, etag: first?.etag });
    expect(await here.find(owner)).toMatchObject({ isAtHand: false, etag: elsewhere?.etag });
    time = later(time, MINUTE);
    expect(await here.findAtHand(owner)).toMatchObject({ isAtHand: false, etag: elsewhere?.etag });
  });

  it("R7 is dropped once something else is stored, and not cached then", async () => {
    const [here, there] = [open(() => now), open(() => now)];
    const owner = aNewOwner();
    await here.put(owner, { state: aState(aHead()) }, undefined);
    const elsewhere = await there.put(owner, { state: aState(undefined) }, await there.find(owner));
    const atHand = await here.findAtHand(owner);
    expect(await here.put(owner, { state: aState(aHead()) }, atHand)).toBeUndefined();
    expect(await here.findAtHand(owner)).toMatchObject({ isAtHand: false, etag: elsewhere?.etag });
  });

  it("R8 takes at most eight megabytes over all owners", async () => {
    const here = open(() => now);
    const owners = times(150, aNewOwner);
    for (const owner of owners)
      await here.put(owner, { state: withVersions("version"), body: aLargeBody("version") }, undefined);
    const held = await Promise.all(owners.map((owner) => here.findAtHand(owner)));
    const isAtHand = held.map((each) => each?.isAtHand);
    const kept = isAtHand.filter(Boolean).length;
    expect({ kept, inMiB: Math.ceil((kept * 64) / 1024) }).toMatchObject({ inMiB: 8 });
    expect(isAtHand).toEqual(times(150, (at) => at >= 150 - kept));
  });
});

it("R39 an owner blob of another form can't be read", async () => {
  const { owners } = anInstance(storage.blobs);
  const owner = aNewOwner();
  await owners.put(owner, { state: aState(aHead({ generation: -1 })) }, undefined);
  await expect(owners.find(owner)).rejects.toMatchObject(unreadable);
});

it("R8 an older instance reads what a newer one writes into an owner, and keeps it when it writes", async () => {
  const { owners } = anInstance(storage.blobs);
  const owner = aNewOwner();
  const later = { invented: "later" };
  const head = {
    ...aHead(),
    ...later,
    versions: [{ ...aVersion(), ...later }],
    devices: [{ ...aDevice(), ...later }],
  };
  const newer = { ...aState(head), ...later };
  const record = { ...aFullRecord(), ...later };
  await owners.put(owner, { state: newer, record }, undefined);
  const held = (await owners.find(owner)) ?? expect.fail("nothing stored");
  expect({ state: held.state, record: await held.record() }).toEqual({ state: newer, record });
  await owners.put(owner, { state: { ...held.state, changes: ["id"] }, record: await held.record() }, held);
  const again = await owners.find(owner);
  expect({ state: again?.state, record: await again?.record() }).toEqual({
    state: { ...newer, changes: ["id"] },
    record,
  });
});
