/** Refused uploads: noted once a day and device, replacing no backup, and reported until one is accepted. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planDeletion, planRestore } from "../../../lib/domain/backup/backup.ts";
import { Head, type Precondition, type StoredHead } from "../../../lib/domain/backup/head.ts";
import { planRefusalNote } from "../../../lib/domain/backup/refused-upload.ts";
import { assess } from "../../../lib/domain/backup/staleness.ts";
import {
  planUpload,
  prepareUpload,
  storeUpload,
  type UploadRules,
} from "../../../lib/domain/backup/upload.ts";
import { DAY, HOUR, later } from "../../../lib/domain/clock.ts";
import { type Device, findDevice } from "../../../lib/domain/device.ts";
import { changeHead } from "../../../lib/domain/owner/owner-store.ts";
import { aBackup } from "../../support/builders.ts";
import { headOf, putHead } from "../../support/owners.ts";
import {
  aCaller,
  aDevice,
  aDeviceId,
  aHead,
  aPlace,
  aPolicy,
  aState,
  aVersion,
  now,
  stored,
} from "../builders.ts";
import { holds } from "../holds.ts";
import { MemoryOutbox, MemoryOwners, MemorySeal } from "../memory-stores.ts";
import { refusalOf, tally } from "../refusals.ts";

const outbox = new MemoryOutbox();
const rules: UploadRules = { staleness: aPolicy(), historyLength: 10 };
const policy = aPolicy();
const [phone, tablet] = [aDeviceId("phone"), aDeviceId("tablet")];
const TAG = "a tag";
const E0: Precondition = { replaces: `"${TAG}"` };
const tagged = (change: Partial<Head> = {}): StoredHead => stored(aHead({ tag: TAG, ...change }));

const anUpload = (device = phone, precondition: Precondition = E0, at = now) =>
  prepareUpload(
    { document: aBackup() },
    {
      caller: aCaller({ device }),
      custody: "service",
      deviceName: "",
      precondition,
      idempotencyKey: undefined,
      now: at,
    },
  );
const uploaded = (held: StoredHead, at = now, device = phone): Head => {
  const plan = planUpload(
    aState(held.value),
    "android",
    anUpload(device, { replaces: held.etag }, at),
    rules,
  );
  if ("repeats" in plan) return expect.fail("nothing was stored");
  return plan.next({ keyId: "key", wrappedKey: "" }).state.heads.android ?? expect.fail("no head");
};
/** The head as read from storage. */
const read = (head: Head): StoredHead => stored(Head.parse(JSON.parse(JSON.stringify(head))));

const noted = (held: StoredHead | undefined, at = now, device = phone): Head | undefined => {
  const plan = planRefusalNote(held, { device }, at);
  return "next" in plan ? plan.next : undefined;
};
const afterNote = (held = tagged(), at = now, device = phone): StoredHead =>
  read(noted(held, at, device) ?? expect.fail("it was not noted"));
const twoDevices = (change: (device: Device) => Partial<Device> = () => ({})) =>
  [aDevice({ id: phone }), aDevice({ id: tablet })].map((device) => ({ ...device, ...change(device) }));

describe("R32 a refused upload is noted", () => {
  it("R32 by the first refusal since the last accepted upload, and by no other", () => {
    const first = afterNote();
    expect(findDevice(first.value.devices, phone)?.refusedSince).toEqual(now);
    expect(noted(first, later(now, HOUR))).toBeUndefined();
    expect(noted(first, later(now, 100 * DAY))).toBeUndefined();
  });

  it("R32 once a day, even if accepted and refused uploads alternate", () => {
    const taken = read(uploaded(afterNote()));
    expect(findDevice(taken.value.devices, phone)).not.toHaveProperty("refusedSince");
    expect(noted(taken, later(now, DAY - 1))).toBeUndefined();
    expect(noted(taken, later(now, DAY))).toBeDefined();
  });

  it("R17 R32 only for a device that is registered and not revoked", () => {
    expect(noted(undefined)).toBeUndefined();
    expect(noted(stored(), now, aDeviceId("stranger"))).toBeUndefined();
    expect(noted(stored(aHead({ devices: [aDevice({ revokedAt: now })] })))).toBeUndefined();
  });

  it("R32 each device has a note of its own", () => {
    const both = afterNote(afterNote(tagged({ devices: twoDevices() })), later(now, 1), tablet);
    expect(both.value.devices.map(({ refusedSince }) => refusedSince)).toEqual([now, later(now, 1)]);
  });
});

describe("R7 R32 a note replaces no backup", () => {
  const two = tagged({ devices: twoDevices() });

  it("R7 an ETag from before it still names the backup, though the head's own has changed", () => {
    const both = read(noted(afterNote(two), now, tablet) ?? two.value);
    expect(both.etag).toBe(two.etag);
    expect(planUpload(aState(both.value), "android", anUpload(phone, E0), rules)).toHaveProperty("version");
    for (const etag of ['"etag-1"', '"etag-3"'])
      expect(
        refusalOf(() => planUpload(aState(both.value), "android", anUpload(phone, { replaces: etag }), rules))
          .kind,
      ).toBe("stale-precondition");
  });

  it("R7 but not once the backup was uploaded, deleted or restored by any device", () => {
    const held = afterNote(two);
    const restore = { versionId: aVersion().id, historyLength: 10, now };
    const deletion = planDeletion(held, E0, now);
    const restoration = planRestore(held, E0, restore);
    const changed = {
      uploaded: uploaded(held),
      deleted: "next" in deletion ? deletion.next : held.value,
      restored: "next" in restoration ? restoration.next : held.value,
    };
    for (const [name, head] of Object.entries(changed)) {
      const next = read(head);
      expect(
        refusalOf(() => planUpload(aState(next.value), "android", anUpload(phone, E0), rules)).kind,
        name,
      ).toBe("stale-precondition");
    }
  });

  it("F26 R7 two devices race on one state while uploads are refused: exactly one wins, nothing is lost", async () => {
    const order = fc.shuffledSubarray(["phone", "tablet", "note", "note-tablet"] as const, { minLength: 4 });
    await fc.assert(
      fc.asyncProperty(order, fc.boolean(), async (deeds, isFirst) => {
        const [owners, versions, place] = [new MemoryOwners(), new MemorySeal(), aPlace()];
        await putHead(owners, place, two.value);
        const held = await owners.find(place.owner);
        const precondition = E0;
        const note = (device: typeof phone) =>
          changeHead(owners, place, held, (state) => planRefusalNote(state, { device }, now)).then(
            () => undefined,
          );
        const put = (device: typeof phone) =>
          storeUpload({ owners, versions, outbox }, place, held, anUpload(device, precondition), rules);
        const all = {
          phone: () => put(phone),
          tablet: () => put(tablet),
          note: () => note(phone),
          "note-tablet": () => note(tablet),
        };
        if (isFirst) await note(phone);
        const settled = await Promise.allSettled(deeds.map((deed) => all[deed]()));
        expect(tally(settled)).toEqual({ done: 3, refused: ["stale-precondition"] });
        const head = (await headOf(owners, place))?.value;
        expect(head?.generation).toBe(2);
        expect(head?.versions).toHaveLength(2);
      }),
      { numRuns: 100 },
    );
  });
});

describe("R26 R32 staleness tells since when uploads have been refused", () => {
  const check = (head: Head, device?: string) => assess(head, device ? { device } : {}, policy, now);
  const refusedAt = later(now, -HOUR);
  const headWith = (own: Date | undefined, others: Date | undefined, change: Partial<Head> = {}) =>
    aHead({
      devices: twoDevices(({ id }) => ({ refusedSince: id === phone ? own : others })),
      ...change,
    });

  it("R26 R32 the backup ages, and the owner has to act", () => {
    const told = {
      state: "aging",
      reasons: ["uploads-refused"],
      indicator: "exclamation",
      nextStep: "upload",
      refusedSince: refusedAt,
    };
    for (const asking of [phone, tablet, undefined])
      expect(check(headWith(refusedAt, undefined), asking)).toEqual(told);
  });

  it("R32 of several, the earliest counts", () => {
    expect(check(headWith(refusedAt, later(refusedAt, -1))).refusedSince).toEqual(later(refusedAt, -1));
  });

  it("R32 once another device has uploaded, only the device itself is told", () => {
    const head = headWith(refusedAt, undefined, { versions: [aVersion({ createdAt: now })] });
    expect(check(head, phone).refusedSince).toEqual(refusedAt);
    for (const asking of [tablet, undefined])
      expect(check(head, asking)).toMatchObject({ state: "fresh", reasons: [] });
  });

  it("R17 R32 a revoked device is no reason", () => {
    const devices = [aDevice({ refusedSince: refusedAt, revokedAt: now })];
    expect(check(aHead({ devices })).state).toBe("fresh");
  });

  it("R26 R32 a refused first upload is reported if the device is registered", () => {
    const head = headWith(refusedAt, undefined, { generation: 0, versions: [] });
    expect(check(head, phone)).toMatchObject({
      state: "missing",
      reasons: ["uploads-refused", "never-uploaded"],
      indicator: "exclamation",
      nextStep: "upload",
    });
  });

  it("R26 R32 after a deletion, only later refusals count", () => {
    const deleted = (deletedAt: Date) => check(headWith(refusedAt, undefined, { deletedAt }), phone);
    expect(deleted(now)).toMatchObject({ state: "deleted", reasons: ["deleted"] });
    expect(deleted(later(refusedAt, -1))).toMatchObject({
      state: "deleted",
      reasons: ["uploads-refused", "deleted"],
    });
  });

  it("R26 R32 it is reported beside any other reason until an upload is accepted, and makes no backup fresher", () => {
    const age = fc.integer({ min: 0, max: 400 * DAY });
    holds(
      fc.property(age, age, (signedIn, made) => {
        const change = {
          confirmedAt: later(now, -signedIn),
          versions: [aVersion({ createdAt: later(now, -made) })],
        };
        const [without, head] = [aHead(change), headWith(now, undefined, change)];
        const [before, after] = [check(without), check(head, phone)];
        expect(after.reasons.filter((reason) => reason !== "uploads-refused")).toEqual(before.reasons);
        expect(after.state).toBe(before.state === "fresh" ? "aging" : before.state);
        const taken = uploaded(read(head), later(now, 1));
        expect(check(taken, phone).reasons).not.toContain("uploads-refused");
      }),
    );
  });
});
