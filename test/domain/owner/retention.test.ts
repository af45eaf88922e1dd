/** Temporary parts of an owner's record: they leave with the next change, or by a sweep. */
import { describe, expect, it } from "vitest";
import { CHALLENGE_SECONDS } from "../../../lib/domain/challenges/challenge.ts";
import { HOUR, later, SECOND } from "../../../lib/domain/clock.ts";
import { nextExpiry, type OwnerRecord } from "../../../lib/domain/owner/owner-record.ts";
import { changeRecord } from "../../../lib/domain/owner/owner-store.ts";
import { putRecord, recordOf } from "../../support/owners.ts";
import {
  aChallenge,
  aContact,
  aContactChallenge,
  aDeviceId,
  anId,
  anOwnerId,
  aRecord,
  now,
} from "../builders.ts";
import { MemoryOwners } from "../memory-stores.ts";

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

async function aScene() {
  const owners = new MemoryOwners();
  await putRecord(owners, owner, full);
  return { owners, held: () => recordOf(owners, owner) };
}
const left = (record: OwnerRecord | undefined) => [record?.challenges.length, record?.removedContacts.length];

describe("R35 R24 R19 expired parts are stored no longer", () => {
  it.each([
    ["nothing before its time", later(ended, -1), [2, 1]],
    ["a challenge when it expires, also one that nobody may answer any more", ended, [1, 1]],
    ["a removed contact when it is told no longer", later(now, HOUR), [0, 0]],
  ])("R35 %s leaves with any change of the record", async (_, at, expected) => {
    const { owners, held } = await aScene();
    const change = (each: OwnerRecord) => ({ result: undefined, record: { ...each } });
    const { record } = await changeRecord(owners, owner, at, change, await owners.find(owner));
    expect(left(record)).toEqual(expected);
    expect(await held()).toEqual(record);
    expect(record.contacts).toEqual(full.contacts);
  });

  it("R35 is due when its earliest part expires, and never without such a part", () => {
    expect(nextExpiry(full)).toEqual(ended);
    expect(nextExpiry({ ...full, challenges: [] })).toEqual(removed.keptUntil);
    expect(nextExpiry(aRecord({ contacts: full.contacts }))).toBeUndefined();
  });
});
