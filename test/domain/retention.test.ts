/** What an owner's record holds for a while only: it leaves with the next change, or by a sweep. */
import { describe, expect, it } from "vitest";
import { CHALLENGE_SECONDS } from "../../lib/domain/challenge.ts";
import { HOUR, later, SECOND } from "../../lib/domain/clock.ts";
import type { OwnerId } from "../../lib/domain/owner.ts";
import { changeRecord, dropOutlived, type OwnerRecord } from "../../lib/domain/owner-record.ts";
import { outlivedAt } from "../../lib/domain/retention.ts";
import {
  aChallenge,
  aContact,
  aContactChallenge,
  aDeviceId,
  anId,
  anOwnerId,
  aRecord,
  now,
} from "./builders.ts";
import { MemoryStore } from "./memory-stores.ts";

const owner = anOwnerId();
const ended = later(now, CHALLENGE_SECONDS * SECOND);
const removed = {
  ...aContact(),
  verifiedAt: now,
  removedBy: aDeviceId(),
  byNewer: false,
  keptUntil: later(now, HOUR),
};
const full = aRecord({
  contacts: [aContact({ id: anId("kept") })],
  challenges: [aChallenge(), aContactChallenge({ createdAt: later(now, 1) })],
  removedContacts: [removed],
});

const noRecords = () => new MemoryStore<OwnerId, OwnerRecord>((each) => each);
async function aScene() {
  const records = noRecords();
  await records.put(owner, full, undefined);
  return { records, held: async () => await records.find(owner) };
}
const left = (record: OwnerRecord | undefined) => [record?.challenges.length, record?.removedContacts.length];

describe("R35 R24 R19 what is over is kept no longer", () => {
  it.each([
    ["nothing before its time", later(ended, -1), [2, 1]],
    ["a challenge when it expires, also one that nobody may answer any more", ended, [1, 1]],
    ["a removed contact when it is told no longer", later(now, HOUR), [0, 0]],
  ])("R35 %s leaves with any change of the record", async (_, at, expected) => {
    const { records, held } = await aScene();
    const { record } = await changeRecord(records, owner, at, (each) => ({
      result: undefined,
      record: each,
    }));
    expect(left(record)).toEqual(expected);
    expect((await held())?.value).toEqual(record);
    expect(record.contacts).toEqual(full.contacts);
  });

  it("R35 is due when the earliest of it is over, and never where there is nothing of the kind", () => {
    expect(outlivedAt(full)).toEqual(ended);
    expect(outlivedAt({ ...full, challenges: [] })).toEqual(removed.keptUntil);
    expect(outlivedAt(aRecord({ contacts: full.contacts }))).toBeUndefined();
  });

  it("R35 R29 a sweep drops the same, and writes nothing where nothing is over", async () => {
    const { records, held } = await aScene();
    const before = await held();
    await dropOutlived(records, owner, later(ended, -1));
    expect(await held()).toEqual(before);
    await dropOutlived(records, owner, later(now, HOUR));
    expect((await held())?.value).toEqual({ ...full, challenges: [], removedContacts: [] });
  });

  it("R35 a sweep makes no record where there is none", async () => {
    const records = noRecords();
    await dropOutlived(records, owner, ended);
    expect(await records.find(owner)).toBeUndefined();
  });
});
