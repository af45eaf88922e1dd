/** Signing in again, and how often an owner is told that the backup went stale. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Head, Precondition, StoredHead } from "../../../lib/domain/backup/head.ts";
import { notify, planConfirmation } from "../../../lib/domain/backup/stale-notice.ts";
import { isStale } from "../../../lib/domain/backup/staleness.ts";
import { planUpload, prepareUpload } from "../../../lib/domain/backup/upload.ts";
import { DAY, later, MINUTE, SECOND } from "../../../lib/domain/clock.ts";
import type { Announcement } from "../../../lib/domain/messages/announcement.ts";
import type { OwnerId } from "../../../lib/domain/owner.ts";
import { aBackup } from "../../support/builders.ts";
import { headOf, putHead } from "../../support/owners.ts";
import { aCaller, aHead, aPlace, aPolicy, aState, aVersion, now, stored } from "../builders.ts";
import { holds } from "../holds.ts";
import { MemoryOwners } from "../memory-stores.ts";
import { refusalOf } from "../refusals.ts";

const policy = aPolicy({ retiredKeyIds: ["retired"] });
const present: Precondition = { replaces: '"etag-1"' };
const confirm = (held: StoredHead | undefined, precondition: Precondition = present, authTime = now) =>
  planConfirmation(held, precondition, { authTime, policy, now });
const confirmed = (head: Head, authTime = now): Head => {
  const change = confirm(stored(head), present, authTime);
  return "next" in change ? change.next : head;
};

describe("R28 confirming the sign-in", () => {
  const confirmedAt = later(now, -DAY);
  const held = stored(aHead({ confirmedAt }));
  it.each([
    ["a later sign-in counts", now, now],
    ["an older one doesn't", later(confirmedAt, -SECOND), confirmedAt],
  ])("R28 %s, and nothing else changes", (_, authTime, expected) => {
    expect(confirmed(held.value, authTime)).toEqual({ ...held.value, confirmedAt: expected });
  });

  it("R28 an unknown time doesn't count", () => {
    const change = planConfirmation(held, present, { authTime: undefined, policy, now });
    expect(change).toMatchObject({ next: { confirmedAt } });
  });

  it.each([
    ["there is no head", undefined],
    ["it only holds devices", stored(aHead({ versions: [] }))],
    ["the backup was deleted", stored(aHead({ deletedAt: now }))],
  ])("R28 refuses where %s", (_, nothing) => {
    expect(refusalOf(() => confirm(nothing)).kind).toBe("backup-not-found");
  });

  it.each<[string, Precondition]>([
    ["another state", { replaces: '"etag-0"' }],
    ["nothing", "nothing"],
  ])("R7 refuses a confirmation that names %s", (_, precondition) => {
    expect(refusalOf(() => confirm(held, precondition)).kind).toBe("stale-precondition");
  });

  it("R28 R29 ends the episode only if the backup is reliable afterwards", () => {
    const [longAgo, noticedAt] = [later(now, -200 * DAY), later(now, -DAY)];
    const oldUpload = aVersion({ createdAt: longAgo });
    const both = aHead({ versions: [oldUpload], confirmedAt: longAgo, noticedAt });
    expect(confirmed(both, now).noticedAt).toEqual(noticedAt);
    const signInOnly = { ...both, versions: [aVersion({ createdAt: now })] };
    expect(confirmed(signInOnly, now).noticedAt).toBeUndefined();
  });
});

describe("R29 the notice", () => {
  const stale = () => aHead({ confirmedAt: later(now, -91 * DAY) });
  async function aScene(head = stale()) {
    const owners = new MemoryOwners();
    const told: Announcement[] = [];
    const outbox = {
      put: async (_: OwnerId, item: { type: string }) => void told.push(item as Announcement),
    };
    const place = aPlace();
    await putHead(owners, place, head);
    const sweep = async (at: Date) => {
      const held = await owners.find(place.owner);
      if (held) await notify({ owners, outbox }, place, held, policy, at);
    };
    const change = async (next: (former: Head) => Head) => {
      const held = await headOf(owners, place);
      if (held) await putHead(owners, place, next(held.value));
    };
    return { told, outbox, sweep, change };
  }

  it("R29 twenty sweeps at once send it once, and later ones not again", async () => {
    const { told, sweep } = await aScene();
    await Promise.all(Array.from({ length: 20 }, () => sweep(now)));
    await sweep(later(now, DAY));
    expect(told).toHaveLength(1);
  });

  it("R29 if a sweep is cut off before sending, another sends it after ten minutes, and not before", async () => {
    const { told, outbox, sweep } = await aScene();
    const { put } = outbox;
    outbox.put = () => Promise.reject(new Error("killed"));
    await expect(sweep(now)).rejects.toThrow("killed");
    outbox.put = put;
    await sweep(later(now, 10 * MINUTE - 1));
    expect(told).toHaveLength(0);
    await sweep(later(now, 10 * MINUTE));
    await sweep(later(now, DAY));
    expect(told).toHaveLength(1);
  });

  it("R29 the next episode is told anew, a fresh backup never", async () => {
    const { told, sweep, change } = await aScene();
    await sweep(now);
    await change((head) => confirmed(head, now));
    await sweep(now);
    expect(told).toHaveLength(1);
    await sweep(later(now, 91 * DAY));
    expect(told.map(({ activity }) => activity.id)).toEqual([expect.any(String), expect.any(String)]);
    expect(told[0]?.activity.id).not.toBe(told[1]?.activity.id);
  });

  const uploaded = (head: Head, authTime: Date, at: Date, keyId = "key-2"): Head => {
    const request = {
      caller: aCaller({ authTime }),
      deviceName: "phone",
      idempotencyKey: undefined,
      now: at,
    };
    const precondition = { replaces: stored(head).etag };
    const offered = { ...request, custody: "service" as const, precondition };
    const upload = prepareUpload({ document: aBackup() }, offered);
    const rules = { historyLength: 10, staleness: policy };
    const plan = planUpload(aState(head), "android", upload, rules);
    if ("repeats" in plan) return expect.fail("nothing was uploaded");
    return plan.next({ keyId, wrappedKey: "" }).state.heads.android ?? expect.fail("no head");
  };

  it("R29 R27 uploads under an outdated sign-in begin no new episode; one under a new sign-in ends it", async () => {
    const { told, sweep, change } = await aScene();
    const signedInAt = later(now, -91 * DAY);
    for (let week = 0; week < 4; week++) {
      const at = later(now, week * 7 * DAY);
      await sweep(at);
      await change((head) => uploaded(head, signedInAt, at));
    }
    expect(told).toHaveLength(1);
    const back = later(now, 28 * DAY);
    await change((head) => uploaded(head, back, back));
    await sweep(later(back, 90 * DAY));
    expect(told).toHaveLength(2);
  });

  it("R29 an upload ends the episode only if the backup is reliable afterwards", () => {
    const age = fc.integer({ min: 0, max: 200 }).map((days) => later(now, -days * DAY));
    holds(
      fc.property(age, age, fc.constantFrom("key-2", "retired"), (confirmedAt, authTime, keyId) => {
        const noticed = { noticedAt: later(now, -DAY), noticeClaimedAt: undefined };
        const next = uploaded(aHead({ confirmedAt, ...noticed }), authTime, now, keyId);
        expect(next.noticedAt).toEqual(isStale(next, policy, now) ? noticed.noticedAt : undefined);
      }),
    );
  });
});
