/** What of a history is kept, and which upload has lost so much that its owner must hear of it. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEVICE_SEALED } from "../../../lib/domain/backup/device-sealed.ts";
import type { Version } from "../../../lib/domain/backup/head.ts";
import { isLossToTell, mostKept, withHistory } from "../../../lib/domain/backup/history.ts";
import { DAY, HOUR, later, MINUTE } from "../../../lib/domain/clock.ts";
import type { Device } from "../../../lib/domain/device.ts";
import { aDevice, aDeviceId, anId, aVersion } from "../builders.ts";
import { holds } from "../holds.ts";

const noon = new Date("2026-05-20T12:00:00Z");
const uploadedAt = (createdAt: Date, change: Partial<Version> = {}) =>
  aVersion({ id: anId(createdAt.toISOString()), createdAt, ...change });

/** What is left of these uploads, the earliest first, each stored as the service does. */
function keptOf(uploads: Version[], devices: Device[] = [], length = 10): Version[] {
  let versions: Version[] = [];
  for (const upload of uploads)
    versions = withHistory({ versions: [upload, ...versions], devices }, length, upload.createdAt);
  return versions;
}
const historyOf = (times: Date[]) => keptOf(times.map((time) => uploadedAt(time)));
const timesOf = (versions: Version[]) => versions.map(({ createdAt }) => createdAt.toISOString());

describe("R30 the history", () => {
  const flood = (from: Date) => Array.from({ length: 50 }, (_, n) => later(from, n * MINUTE));

  it("R30 keeps what was there before a flood, also where that is months old, for a week", () => {
    const before = later(noon, -100 * DAY);
    const after = historyOf([before, ...flood(noon)]);
    expect(timesOf(after).at(-1)).toBe(before.toISOString());
    expect(after).toHaveLength(11);
    const later6 = historyOf([before, ...flood(noon), ...flood(later(noon, 6 * DAY))]);
    expect(timesOf(later6)).toContain(before.toISOString());
    const later7 = historyOf([before, ...flood(noon), ...flood(later(noon, 7 * DAY))]);
    expect(timesOf(later7)).not.toContain(before.toISOString());
  });

  it("R30 keeps the last version of each of the past seven days, and the newest ten", () => {
    const days = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0].flatMap((day) => flood(later(noon, -day * DAY)));
    const kept = timesOf(historyOf(days));
    const last = (day: number) => later(noon, -day * DAY + 49 * MINUTE).toISOString();
    expect(kept.slice(10)).toEqual([1, 2, 3, 4, 5, 6, 7].map(last));
    expect(kept.slice(0, 10)).toEqual(
      days
        .slice(-10)
        .reverse()
        .map((time) => time.toISOString()),
    );
  });

  const aMinuteApart = (from: Date, devices: string[]) =>
    devices.map((device, n) => uploadedAt(later(from, n * MINUTE), { device: aDeviceId(device) }));
  const registered = (...names: string[]) =>
    names.map((name, n) => aDevice({ id: aDeviceId(name), registeredAt: later(noon, (n - 50) * DAY) }));
  const flooding = (device: string, count: number) => Array<string>(count).fill(device);

  it("R30 keeps for a week what each device uploaded last, also within a day", () => {
    const devices = registered("own", "tablet", "thief");
    const first = aMinuteApart(noon, ["own", "own", "tablet", ...flooding("thief", 30)]);
    const kept = keptOf(first, devices);
    expect(kept.slice(10)).toEqual([first[2], first[1]]);
    const after = (days: number) =>
      keptOf([...first, ...aMinuteApart(later(noon, days * DAY), flooding("thief", 30))], devices);
    expect(after(6)).toEqual(expect.arrayContaining([first[1], first[2]]));
    expect(after(7)).not.toContain(first[2]);
  });

  it("R30 of many devices it keeps what the first ones have", () => {
    const strangers = Array.from({ length: 20 }, (_, n) => `stranger ${n}`);
    const uploads = aMinuteApart(noon, ["own", ...strangers, ...strangers]);
    const kept = keptOf(uploads, registered("own", ...strangers), 3);
    expect(kept.at(-1)).toEqual(uploads[0]);
    expect(kept).toHaveLength(6);
  });

  it("R30 is never longer than is said, in order, and always has the newest", () => {
    const names = ["own", "tablet", "thief"];
    const steps = fc.array(
      fc.record({ minutes: fc.integer({ min: 1, max: 40 * 60 }), device: fc.constantFrom(...names) }),
      { minLength: 1, maxLength: 60 },
    );
    holds(
      fc.property(steps, fc.integer({ min: 1, max: 12 }), (uploads, length) => {
        let time = noon;
        const made = uploads.map(({ minutes, device }) => {
          time = later(time, minutes * MINUTE);
          return uploadedAt(time, { device: aDeviceId(device) });
        });
        const kept = keptOf(made, registered(...names), length);
        expect(kept.length).toBeLessThanOrEqual(mostKept(length));
        expect(timesOf(kept)).toEqual(timesOf(kept).toSorted().toReversed());
        expect(timesOf(kept).slice(0, length)).toEqual(timesOf(made.slice(-length).toReversed()));
      }),
    );
  });
});

describe("R30 an upload that lost more than half", () => {
  const of = (thirdParty: number, change: Partial<Version> = {}) =>
    aVersion({ accounts: { thirdParty, personal: 0, work: 0 }, createdAt: later(noon, -HOUR), ...change });
  const isTold = (versions: Version[], upload: Version, lossToldAt?: Date) =>
    isLossToTell({ versions, ...(lossToldAt && { lossToldAt }) }, upload, noon);

  it.each<[string, Version[], Version, boolean]>([
    ["of the accounts is told", [of(10)], of(4), true],
    ["and no less than that", [of(10)], of(5), false],
    ["the only one is told", [of(1)], of(0), true],
    ["in small steps is told", [of(6), of(10)], of(4), true],
    [
      "long ago is no news",
      [of(4, { createdAt: later(noon, -2 * DAY) }), of(10, { createdAt: later(noon, -3 * DAY) })],
      of(4),
      false,
    ],
    ["the first upload has lost nothing", [], of(0), false],
    [
      "of the bytes, where the device sealed it",
      [of(0, { contentType: DEVICE_SEALED, sizeBytes: 100 })],
      of(0, { contentType: DEVICE_SEALED, sizeBytes: 49 }),
      true,
    ],
    [
      "of the bytes, where only the new one is sealed",
      [of(10, { sizeBytes: 100 })],
      of(0, { contentType: DEVICE_SEALED, sizeBytes: 60 }),
      false,
    ],
  ])("R30 %s", (_, versions, upload, told) => {
    expect({ told: isTold(versions, upload) }).toEqual({ told });
  });

  it("R30 is told once a day", () => {
    expect(isTold([of(10)], of(0), later(noon, -DAY + 1))).toBe(false);
    expect(isTold([of(10)], of(0), later(noon, -DAY))).toBe(true);
  });
});
