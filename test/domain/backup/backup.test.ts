/** Deleting and confirming a backup: each names the state that it replaces. */
import { describe, expect, it } from "vitest";
import {
  currentVersion,
  isPurgeDue,
  planDeletion,
  planUndelete,
  undeletableUntil,
} from "../../../lib/domain/backup/backup.ts";
import type { Head, Precondition, StoredHead } from "../../../lib/domain/backup/head.ts";
import { assess, dueAt } from "../../../lib/domain/backup/staleness.ts";
import { DAY, later } from "../../../lib/domain/clock.ts";
import type { Change } from "../../../lib/domain/store.ts";
import { aHead, aPolicy, aVersion, now, stored } from "../builders.ts";
import { refusalOf } from "../refusals.ts";

const present: Precondition = { replaces: '"etag-1"' };
const nextOf = (change: Change<Head, void>) => ("next" in change ? change.next : undefined);
const none: [string, StoredHead | undefined][] = [
  ["there is nothing", undefined],
  ["there are only devices", stored(aHead({ generation: 0, versions: [] }))],
];

describe("R6 turning backup off", () => {
  it("R6 deletes the current version and keeps everything for undelete", () => {
    const next = nextOf(planDeletion(stored(), present, now));
    expect(next).toEqual({ ...aHead(), deletedAt: now, tag: expect.any(String) });
    expect(currentVersion(next)).toBeUndefined();
  });

  it.each<[string, Precondition]>([
    ["its ETag", present],
    ["the word that there is nothing", "nothing"],
  ])("R6 deleting twice changes nothing, and keeps the time of the first: by %s", (_, precondition) => {
    const held = stored(aHead({ deletedAt: later(now, -DAY) }));
    expect(planDeletion(held, precondition, now)).toEqual({ result: undefined, unchanged: held });
  });

  it.each(none)("R6 refuses if %s", (_, held) => {
    for (const precondition of [present, "nothing"] as const)
      expect(refusalOf(() => planDeletion(held, precondition, now)).kind).toBe("backup-not-found");
  });

  it.each<[string, Precondition]>([
    ["another state", { replaces: '"etag-0"' }],
    ["nothing", "nothing"],
  ])("R7 refuses a deletion that names %s, and tells the present state", (_, precondition) => {
    const failure = refusalOf(() => planDeletion(stored(), precondition, now));
    expect(failure).toMatchObject({
      kind: "stale-precondition",
      details: { generation: 1, etag: '"etag-1"' },
    });
  });

  it("R7 refuses to delete by an outdated ETag a backup that another device has deleted meanwhile", () => {
    const held = stored(aHead({ deletedAt: now, tag: "etag-2" }));
    expect(refusalOf(() => planDeletion(held, present, now)).kind).toBe("stale-precondition");
  });

  it("R30 a deleted backup is kept for the days that the setting says", () => {
    expect(undeletableUntil(now, 30)).toEqual(later(now, 30 * DAY));
  });
});

describe("R30 a backup that is being purged", () => {
  const purging = aHead({ versions: [], deletedAt: later(now, -31 * DAY), purgedAt: later(now, -DAY) });
  const longer = 365;

  it("R30 stays due until all of it is removed, and no longer", () => {
    expect(dueAt(purging, aPolicy({ undeleteDays: longer }))).toEqual(later(now, -DAY));
    expect(dueAt({ ...purging, deletedAt: undefined }, aPolicy())).toBeUndefined();
  });

  it("R30 can't be undeleted and counts as missing, even if the setting was raised meanwhile", () => {
    const refusal = refusalOf(() => planUndelete(stored(purging), present, longer, now));
    expect(refusal.kind).toBe("undelete-too-late");
    expect({ isPurgeDue: isPurgeDue(purging, longer, now) }).toEqual({ isPurgeDue: true });
    expect(assess(purging, {}, aPolicy({ undeleteDays: longer }), now).state).toBe("missing");
  });
});

describe("R6 the current version", () => {
  it.each([
    ["none where there is no head", undefined, undefined],
    ["the newest one", aHead({ versions: [aVersion({ generation: 2 }), aVersion()] }), 2],
    ["none once it is deleted", aHead({ deletedAt: now }), undefined],
  ])("R6 it is %s", (_, head, generation) => {
    expect(currentVersion(head)?.generation).toBe(generation);
  });
});
