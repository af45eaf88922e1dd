/** The activity log as an append blob: each entry once, in order; every change, gap or roll-back shows. */

import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Blobs } from "../../../lib/azure/stores/blobs.ts";
import { ACTIVITIES, type Activity, type ActivityLog } from "../../../lib/domain/messages/activity.ts";
import type { OwnerRecord } from "../../../lib/domain/owner/owner-record.ts";
import { changeRecord } from "../../../lib/domain/owner/owner-store.ts";
import type { OwnerId } from "../../../lib/domain/owner.ts";
import { aContact, aDeviceId, now } from "../../domain/builders.ts";
import { kindFrom } from "../../domain/refusals.ts";
import { FaultLine } from "../../support/fault-line.ts";
import { recordOf } from "../../support/owners.ts";
import { aNewOwner, times } from "../contracts.ts";
import { damagesOf } from "../damages.ts";
import { anInstance } from "../instances.ts";
import { type OwnContainer, ownContainer } from "../targets.ts";

let storage: OwnContainer;
beforeAll(async () => {
  storage = await ownContainer();
});
afterAll(() => storage.close());

const anActivity = (id: string, change: Partial<Activity> = {}): Activity => ({
  id,
  kind: "recovered",
  at: now,
  device: { id: aDeviceId(), name: "canary-phone" },
  ...change,
});
const aLog = (blobs: Blobs = storage.blobs) => anInstance(blobs).activity;
async function anOwner(): Promise<OwnerId> {
  const owner = aNewOwner();
  await anInstance(storage.blobs).ownerKeys.obtain(owner);
  return owner;
}
const nameOf = async (owner: OwnerId) =>
  `activity/${owner}/${(await anInstance(storage.blobs).seal.incarnation(owner))?.name}/log`;
const textOf = async (owner: OwnerId) => (await storage.blobs.readFrom(await nameOf(owner), 0)).toString();
const idsOf = (entries: Activity[]) => entries.map(({ id }) => id);

/** An owner with `count` entries, and their stored lines. */
async function aLogOf(count: number) {
  const owner = await anOwner();
  const ids = times(count, (at) => `entry ${at}`);
  for (const id of ids) await aLog().append(owner, anActivity(id));
  const lines = (await textOf(owner)).match(/[^\n]*\n/g) ?? [];
  expect(lines).toHaveLength(count);
  return { owner, ids, lines };
}

let lie: Buffer;
let lying: ActivityLog;
beforeAll(() => {
  lying = aLog({ ...storage.blobs, readFrom: async (_, offset) => lie.subarray(offset) });
});

/** What is read if the log holds these bytes instead. */
async function readWith(owner: OwnerId, content: Buffer | string) {
  lie = Buffer.from(content);
  return await lying.read(owner);
}

/** How many of these lines are unchanged at its beginning. */
const wholeLinesIn = (content: Buffer, lines: string[]) =>
  lines.filter((_, at) => content.toString("latin1").startsWith(lines.slice(0, at + 1).join(""))).length;

describe("R18 R35 the log", () => {
  it("R35 holds what was appended, in order, for every instance", async () => {
    const owner = await anOwner();
    const one = aLog();
    const all = ACTIVITIES.map((kind, at) =>
      anActivity(`id ${at}`, { kind, ...(at % 2 === 0 && { recovery: "recovery" }) }),
    );
    for (const activity of all) await one.append(owner, activity);
    expect(await one.read(owner)).toEqual({ entries: all, intact: true });
    expect(await aLog().read(owner)).toEqual({ entries: all, intact: true });
  });

  it("R33 R35 of an owner who has none is empty, and nobody else's", async () => {
    await aLogOf(2);
    expect(await aLog().read(await anOwner())).toEqual({ entries: [], intact: true });
  });

  it("R18 R35 ten appended at once, on one instance or on ten: all are there, each once", async () => {
    const one = aLog();
    for (const log of [() => one, () => aLog()]) {
      const owner = await anOwner();
      const ids = times(10, (at) => `id ${at}`);
      await Promise.all(ids.map((id) => log().append(owner, anActivity(id))));
      const { entries, intact } = await aLog().read(owner);
      expect({ ids: idsOf(entries).toSorted(), intact }).toEqual({ ids, intact: true });
    }
  });

  it("R8 R18 an entry that is logged again, later or ten times at once, is in the log once", async () => {
    const { owner, ids } = await aLogOf(2);
    await aLog().append(owner, anActivity("entry 0", { kind: "device-revoked" }));
    await Promise.all(times(10, () => aLog().append(owner, anActivity("again"))));
    expect(await aLog().read(owner)).toMatchObject({ intact: true });
    expect(idsOf((await aLog().read(owner)).entries)).toEqual([...ids, "again"]);
  });

  it("R8 R35 keeps its place while the record changes for other reasons", async () => {
    const { owner, ids } = await aLogOf(2);
    const { owners, activity } = anInstance(storage.blobs);
    const change = (record: OwnerRecord) => ({
      result: undefined,
      record: { ...record, contacts: [aContact()] },
    });
    const held = await owners.find(owner);
    await Promise.all([
      changeRecord(owners, owner, now, change, held),
      activity.append(owner, anActivity("third")),
    ]);
    const { entries, intact } = await activity.read(owner);
    expect({ ids: idsOf(entries), intact }).toEqual({ ids: [...ids, "third"], intact: true });
    expect((await recordOf(owners, owner))?.contacts).toEqual([aContact()]);
  });
});

describe("R8 R35 an append that is cut off between the line and its anchor", () => {
  /** Once, writing the anchor fails. */
  async function cutOff(owner: OwnerId, id: string) {
    const line = new FaultLine();
    line.arm({ how: "refused", at: 1, of: /^write .*\/anchor$/ });
    const log = aLog(line.through(storage.blobs));
    expect(await kindFrom(() => log.append(owner, anActivity(id)))).toBe("storage-unavailable");
  }

  it.each([0, 2])(
    "R8 continues: the same entry logged again is there once (after %d others)",
    async (count) => {
      const { owner, ids } = await aLogOf(count);
      await cutOff(owner, "cut off");
      const seen = await aLog().read(owner);
      expect({ ids: idsOf(seen.entries), intact: seen.intact }).toEqual({
        ids: [...ids, "cut off"],
        intact: true,
      });
      await aLog().append(owner, anActivity("cut off"));
      await aLog().append(owner, anActivity("next"));
      await aLog().append(owner, anActivity("cut off"));
      const { entries, intact } = await aLog().read(owner);
      expect({ ids: idsOf(entries), intact }).toEqual({ ids: [...ids, "cut off", "next"], intact: true });
    },
  );

  it("R8 several in a row are all there, and in the chain", async () => {
    const { owner, ids } = await aLogOf(1);
    for (const id of ["one", "two", "three"]) await cutOff(owner, id);
    await aLog().append(owner, anActivity("last"));
    const { entries, intact } = await aLog().read(owner);
    expect({ ids: idsOf(entries), intact }).toEqual({
      ids: [...ids, "one", "two", "three", "last"],
      intact: true,
    });
  });
});

describe("R35 R39 F29 what is changed shows", () => {
  it("F29 every byte: reads only the entries before it, and says that the log isn't whole", async () => {
    const { owner, ids, lines } = await aLogOf(3);
    const whole = lines.join("");
    expect(await readWith(owner, whole)).toMatchObject({ intact: true });
    for (const damaged of damagesOf(Buffer.from(whole))) {
      const { entries, intact } = await readWith(owner, damaged);
      expect({ intact }).toEqual({ intact: false });
      expect(idsOf(entries)).toEqual(ids.slice(0, wholeLinesIn(damaged, lines)));
    }
  });

  it("F29 any lines missing, moved, repeated or another owner's", async () => {
    const { owner, ids, lines } = await aLogOf(4);
    const others = (await aLogOf(4)).lines;
    const someLines = fc.array(fc.tuple(fc.boolean(), fc.nat({ max: 3 })), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(someLines, async (chosen) => {
        const text = chosen.map(([isTheirs, at]) => (isTheirs ? others : lines)[at]).join("");
        const { entries, intact } = await readWith(owner, text);
        expect(intact).toBe(text === lines.join(""));
        expect(idsOf(entries)).toEqual(ids.slice(0, entries.length));
      }),
      { numRuns: 200 },
    );
    for (const order of [
      [1, 0, 2, 3],
      [0, 1, 3, 2],
      [0, 2, 3],
      [1, 2, 3],
      [0, 1, 2],
      [0, 0, 1, 2, 3],
      [0, 1, 2, 3, 3],
    ]) {
      expect({ intact: (await readWith(owner, order.map((at) => lines[at]).join(""))).intact }).toEqual({
        intact: false,
      });
    }
  });

  it("F29 lines added behind it, or a line without its end", async () => {
    const { owner, ids, lines } = await aLogOf(2);
    for (const more of ["\n", "x", "x\n", lines[1], `${lines[1]}`.repeat(2)]) {
      const { entries, intact } = await readWith(owner, lines.join("") + more);
      expect({ ids: idsOf(entries), intact }).toEqual({ ids, intact: false });
    }
    expect({ intact: (await readWith(owner, lines.join("").slice(0, -1))).intact }).toEqual({
      intact: false,
    });
  });

  it("F10 F29 the log alone put back to an earlier state, or taken away", async () => {
    const { owner, ids, lines } = await aLogOf(3);
    for (const kept of [0, 1, 2]) {
      const { entries, intact } = await readWith(owner, lines.slice(0, kept).join(""));
      expect({ ids: idsOf(entries), intact }).toEqual({ ids: ids.slice(0, kept), intact: false });
    }
    await storage.container.deleteBlob(await nameOf(owner));
    expect(await aLog().read(owner)).toEqual({ entries: [], intact: false });
  });

  it("F29 two owners' logs swapped", async () => {
    const [one, two] = [await aLogOf(2), await aLogOf(2)];
    expect(await readWith(one.owner, two.lines.join(""))).toEqual({ entries: [], intact: false });
    expect(await readWith(two.owner, one.lines.join(""))).toEqual({ entries: [], intact: false });
  });

  it("R32 while storage doesn't answer, the log isn't reported as damaged", async () => {
    const { owner } = await aLogOf(1);
    const line = new FaultLine();
    line.arm({ how: "refused", at: 1, of: /^read owner-keys\// });
    const log = aLog(line.through(storage.blobs));
    expect(await kindFrom(() => log.read(owner))).toBe("storage-unavailable");
  });
});
