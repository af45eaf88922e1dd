/** Staleness: every state and reason, to the millisecond; and time alone makes no backup fresher. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Head, newHead } from "../../../lib/domain/backup/head.ts";
import { planConfirmation } from "../../../lib/domain/backup/stale-notice.ts";
import {
  assess,
  type BackupState,
  dueAt,
  isStale,
  type Remembered,
} from "../../../lib/domain/backup/staleness.ts";
import { DAY, later } from "../../../lib/domain/clock.ts";
import { sha256 } from "../../../lib/domain/hash.ts";
import { aHead, aPolicy, aVersion, now, stored } from "../builders.ts";
import { holds } from "../holds.ts";

const policy = aPolicy();
const daysAgo = (days: number, milliseconds = 0) => later(now, -days * DAY + milliseconds);
const headOf = (signedIn: Date, uploaded: Date, change: Partial<Head> = {}) =>
  aHead({ confirmedAt: signedIn, versions: [aVersion({ createdAt: uploaded })], ...change });
const check = (head: Head | undefined, remembered: Remembered = {}, by = policy, at = now) =>
  assess(head, remembered, by, at);

const fresh = { state: "fresh", reasons: [], indicator: "none", nextStep: "none" };

describe("R26 R27 age makes a backup stale, by the millisecond", () => {
  it("R26 is fresh right after an upload", () => {
    expect(check(headOf(now, now))).toEqual(fresh);
  });

  it.each([
    ["sign-in-aging", daysAgo(60), now, "aging", "dot", "sign-in"],
    ["sign-in-too-old", daysAgo(90), now, "stale", "exclamation", "sign-in"],
    ["upload-aging", now, daysAgo(120), "aging", "dot", "upload"],
    ["upload-too-old", now, daysAgo(180), "stale", "exclamation", "upload"],
  ] as const)(
    "R27 says %s from the very day on",
    (reason, signedIn, uploaded, state, indicator, nextStep) => {
      expect(check(headOf(signedIn, uploaded))).toEqual({ state, reasons: [reason], indicator, nextStep });
    },
  );

  it.each([
    ["sign-in-aging", daysAgo(60, 1), now, []],
    ["sign-in-too-old", daysAgo(90, 1), now, ["sign-in-aging"]],
    ["upload-aging", now, daysAgo(120, 1), []],
    ["upload-too-old", now, daysAgo(180, 1), ["upload-aging"]],
  ])("R27 doesn't say %s a millisecond before", (_, signedIn, uploaded, reasons) => {
    expect(check(headOf(signedIn, uploaded)).reasons).toEqual(reasons);
  });

  it("R27 times are settings", () => {
    const strict = aPolicy({
      signInAgingDays: 1,
      signInStaleDays: 2,
      uploadAgingDays: 1,
      uploadStaleDays: 3,
    });
    expect(check(headOf(daysAgo(2), daysAgo(1)), {}, strict).reasons).toEqual([
      "sign-in-too-old",
      "upload-aging",
    ]);
  });

  it("R27 a retired key version makes the backup stale, whatever its age", () => {
    const retired = aPolicy({ retiredKeyIds: ["other", aVersion().keyId] });
    const expected = {
      state: "stale",
      reasons: ["key-retired"],
      indicator: "exclamation",
      nextStep: "upload",
    };
    expect(check(headOf(now, now), {}, retired)).toEqual(expected);
    const former = headOf(now, now, { versions: [aVersion({ keyId: "new" }), aVersion()] });
    expect(check(former, {}, retired).state).not.toBe("stale");
  });

  it("R26 gives all reasons, the weightiest first, which decides the next step", () => {
    const retired = aPolicy({ retiredKeyIds: [aVersion().keyId] });
    expect(check(headOf(daysAgo(90), daysAgo(180)), { generation: 2 }, retired)).toEqual({
      state: "stale",
      reasons: ["rolled-back", "key-retired", "sign-in-too-old", "upload-too-old"],
      indicator: "exclamation",
      nextStep: "upload",
    });
    expect(check(headOf(daysAgo(60), daysAgo(180)))).toMatchObject({
      reasons: ["upload-too-old", "sign-in-aging"],
      nextStep: "upload",
    });
    expect(check(headOf(daysAgo(60), daysAgo(120)))).toMatchObject({
      state: "aging",
      reasons: ["sign-in-aging", "upload-aging"],
      nextStep: "sign-in",
    });
  });
});

describe("R26 R49 no token ever said when the owner signed in", () => {
  const head = (uploaded: Date, change: Partial<Head> = {}) =>
    aHead({ ...newHead(undefined), generation: 1, versions: [aVersion({ createdAt: uploaded })], ...change });
  const unknown = {
    state: "stale",
    reasons: ["sign-in-time-unknown"],
    indicator: "exclamation",
    nextStep: "none",
  };

  it("R26 R49 is stale, and no action on the phone helps, however much time passes", () => {
    for (const days of [0, 60, 90, 119]) expect(check(head(daysAgo(days)))).toEqual(unknown);
  });

  it("R26 R49 reasons that the owner can mend come first", () => {
    expect(check(head(daysAgo(180)))).toEqual({
      ...unknown,
      reasons: ["upload-too-old", "sign-in-time-unknown"],
      nextStep: "upload",
    });
  });

  it("R26 R49 ends with the first token that says it, and ages from that sign-in on", () => {
    const asked = (authTime: Date) => assess(head(now), { authTime }, policy, now);
    expect(asked(now)).toEqual(fresh);
    expect(asked(daysAgo(60)).reasons).toEqual(["sign-in-aging"]);
    expect(asked(daysAgo(90)).reasons).toEqual(["sign-in-too-old"]);
    const later = assess(headOf(daysAgo(90), now), { authTime: now }, policy, now);
    expect(later.reasons).toEqual(["sign-in-too-old"]);
  });

  it("R29 R49 sends no message: its recipient could do nothing", () => {
    expect({ isStale: isStale(head(now), policy, now) }).toEqual({ isStale: false });
    expect(dueAt(head(now), policy)).toEqual(daysAgo(-180));
    expect({ isStale: isStale(head(daysAgo(180)), policy, now) }).toEqual({ isStale: true });
  });

  it("R26 R49 an older instance can read and write such a head", () => {
    const stored = JSON.parse(JSON.stringify(head(now)));
    expect(stored.confirmedAt).toEqual(expect.any(String));
    expect(check(Head.parse(stored))).toEqual(unknown);
  });
});

describe("R26 where there is no current backup", () => {
  const missing = { state: "missing", reasons: ["never-uploaded"], indicator: "dot", nextStep: "upload" };
  it("R26 is missing before the first upload, even if devices are registered", () => {
    expect(check(undefined)).toEqual(missing);
    expect(check(aHead({ generation: 0, versions: [] }))).toEqual(missing);
  });

  it("R26 R30 is deleted while it can be undeleted, and missing from then on", () => {
    const deleted = { state: "deleted", reasons: ["deleted"], indicator: "dot", nextStep: "undelete" };
    expect(check(aHead({ deletedAt: now }))).toEqual(deleted);
    expect(check(aHead({ deletedAt: daysAgo(30, 1) }))).toEqual(deleted);
    const purged = { ...missing, reasons: ["purged"] };
    expect(check(aHead({ deletedAt: daysAgo(30) }))).toEqual(purged);
    expect(check(aHead({ versions: [], purgedAt: now }))).toEqual(purged);
  });

  it("R27 R30 is purged to a device that knows a newer generation, too", () => {
    expect(check(aHead({ versions: [], purgedAt: now }), { generation: 2 }).reasons).toEqual([
      "rolled-back",
      "purged",
    ]);
  });

  it("R26 the age of a deleted backup isn't reported", () => {
    expect(check(headOf(daysAgo(1000), daysAgo(1000), { deletedAt: now })).reasons).toEqual(["deleted"]);
  });
});

describe("R27 a service that knows less than the device was rolled back", () => {
  const { digest } = aVersion();
  const other = sha256("content of another generation 1");
  it.each<[string, Head | undefined, Remembered]>([
    ["a newer generation", headOf(now, now), { generation: 2 }],
    ["a newer generation with the same digest", headOf(now, now), { generation: 2, digest }],
    ["another digest of this generation", headOf(now, now), { generation: 1, digest: other }],
    ["any generation, where there is nothing", undefined, { generation: 1 }],
    [
      "any generation, where there are only devices",
      aHead({ generation: 0, versions: [] }),
      { generation: 1 },
    ],
    ["a newer generation of a deleted backup", aHead({ deletedAt: now }), { generation: 2 }],
  ])("R27 the device knows %s", (_, head, remembered) => {
    const { reasons, indicator, nextStep } = check(head, remembered);
    expect({ first: reasons[0], indicator, nextStep }).toEqual({
      first: "rolled-back",
      indicator: "exclamation",
      nextStep: "upload",
    });
  });

  it.each<[string, Head | undefined, Remembered]>([
    ["the same generation", headOf(now, now), { generation: 1 }],
    ["the same generation and digest", headOf(now, now), { generation: 1, digest }],
    ["an older generation", headOf(now, now, { generation: 5 }), { generation: 4, digest: other }],
    ["nothing, where there is nothing", undefined, {}],
  ])("R27 says nothing where the device knows %s", (_, head, remembered) => {
    expect(check(head, remembered).reasons).not.toContain("rolled-back");
  });

  it("R27 another digest of an older generation in the history is a roll-back", () => {
    const versions = [aVersion({ generation: 2, digest: sha256("2") }), aVersion()];
    const head = headOf(now, now, { generation: 2, versions });
    expect(check(head, { generation: 1, digest: other }).reasons).toContain("rolled-back");
  });
});

describe("R26 R28 laws", () => {
  const rank = { fresh: 0, aging: 1, stale: 2, deleted: 3, missing: 4 } satisfies Record<BackupState, number>;
  const age = fc.integer({ min: 0, max: 400 * DAY });
  const heads = fc
    .tuple(age, age, fc.option(age, { nil: undefined }))
    .map(([signedIn, uploaded, deleted]) =>
      headOf(
        later(now, -signedIn),
        later(now, -uploaded),
        deleted === undefined ? {} : { deletedAt: later(now, -deleted) },
      ),
    );

  it("R26 a backup never gets fresher as time passes without a change", () => {
    holds(
      fc.property(heads, fc.integer({ min: 0, max: 400 * DAY }), (head, passed) => {
        const [before, after] = [check(head), check(head, {}, policy, later(now, passed))];
        expect(rank[after.state]).toBeGreaterThanOrEqual(rank[before.state]);
      }),
      1000,
    );
  });

  it("R28 a fresh sign-in clears the reasons of the sign-in and no other", () => {
    holds(
      fc.property(heads, (head) => {
        fc.pre(head.deletedAt === undefined);
        const change = planConfirmation(
          stored(head),
          { replaces: '"etag-1"' },
          { authTime: now, policy, now },
        );
        const confirmed = "next" in change ? change.next : head;
        const others = check(head).reasons.filter((reason) => !reason.startsWith("sign-in"));
        expect(check(confirmed).reasons).toEqual(others);
      }),
    );
  });

  it("R29 the sweep is due exactly when the backup goes stale or its deletion becomes final", () => {
    holds(
      fc.property(heads, (head) => {
        const due = dueAt(head, policy) ?? now;
        const [before, at] = [later(due, -1), due].map((time) => check(head, {}, policy, time).state);
        expect({ before, at }).toEqual(
          head.deletedAt
            ? { before: "deleted", at: "missing" }
            : { before: expect.stringMatching(/fresh|aging/), at: "stale" },
        );
      }),
    );
    expect(dueAt(aHead({ versions: [] }), policy)).toBeUndefined();
  });
});
