/** Signing in again, and how often an owner is told that the backup went stale. */
import { describe, expect, it } from "vitest";
import type { Announcement } from "../../lib/domain/announcement.ts";
import { DAY, later, MINUTE, SECOND } from "../../lib/domain/clock.ts";
import type { Head, Precondition, StoredHead } from "../../lib/domain/head.ts";
import { notify, planConfirmation } from "../../lib/domain/notice.ts";
import type { OwnerId, Place } from "../../lib/domain/owner.ts";
import { aHead, aPlace, aPolicy, type aRecord, aVersion, now, stored } from "./builders.ts";
import { MemoryStore } from "./memory-stores.ts";
import { refusalOf } from "./refusals.ts";

const policy = aPolicy();
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

  it("R28 an unknown one doesn't count", () => {
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

  it("R28 R29 ends the episode only if the backup can be relied on then", () => {
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
    const heads = new MemoryStore<Place, Head>(({ owner, platform }) => `${owner}/${platform}`);
    const records = new MemoryStore<OwnerId, ReturnType<typeof aRecord>>((owner) => owner);
    const told: Announcement[] = [];
    const outbox = {
      put: async (_: OwnerId, item: { type: string }) => void told.push(item as Announcement),
    };
    const place = aPlace();
    await heads.put(place, head, undefined);
    const sweep = async (at: Date) => {
      const held = await heads.find(place);
      if (held) await notify({ heads, records, outbox }, place, held, policy, at);
    };
    const change = async (next: (former: Head) => Head) => {
      const held = await heads.find(place);
      if (held) await heads.put(place, next(held.value), held.etag);
    };
    return { heads, place, told, outbox, sweep, change };
  }

  it("R29 twenty sweeps at once tell it once, and later ones not again", async () => {
    const { told, sweep } = await aScene();
    await Promise.all(Array.from({ length: 20 }, () => sweep(now)));
    await sweep(later(now, DAY));
    expect(told).toHaveLength(1);
  });

  it("R29 whoever is cut off before telling is followed by another after ten minutes, and not before", async () => {
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
});
