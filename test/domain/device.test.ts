/** Devices: which are admitted, how they register, are renamed and are revoked for good. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Head } from "../../lib/domain/backup/head.ts";
import { DAY, later } from "../../lib/domain/clock.ts";
import {
  admit,
  type Device,
  DeviceName,
  displacedBy,
  findDevice,
  isActive,
  isRevoked,
  requirePlatform,
  withDevice,
  withRevoked,
} from "../../lib/domain/device.ts";
import { planRegistration, planRename } from "../../lib/domain/devices/registration.ts";
import { isUnregistered } from "../../lib/domain/recovery/unregistered-device.ts";
import type { Change } from "../../lib/domain/store.ts";
import { aCaller, aDevice, aDeviceId, aHead, now, someDevices, stored } from "./builders.ts";
import { holds } from "./holds.ts";
import { refusalOf } from "./refusals.ts";

const caller = aCaller();
const stranger = aCaller({ device: aDeviceId("stranger") });
const devicesAfter = (change: Change<Head, Device>) => ("next" in change ? change.next.devices : undefined);
const revokedOnes = (count: number, at = (index: number) => later(now, -index * DAY)) =>
  someDevices(count, (index) => ({ revokedAt: at(index) }));

describe("R17 which devices are admitted", () => {
  it("R17 admits a registered device, and an unknown one only where any device may call", () => {
    expect(() => admit(caller, [aDevice()], "registered", now)).not.toThrow();
    expect(() => admit(stranger, [aDevice()], "any", now)).not.toThrow();
    expect(refusalOf(() => admit(stranger, [aDevice()], "registered", now)).kind).toBe("device-unknown");
    expect(refusalOf(() => admit(stranger, [], "registered", now)).kind).toBe("device-unknown");
  });

  it("R17 refuses a revoked device everywhere, even where any device may call", () => {
    const revoked = [aDevice({ revokedAt: now })];
    expect(refusalOf(() => admit(caller, revoked, "registered", now)).kind).toBe("device-revoked");
    expect(refusalOf(() => admit(caller, revoked, "any", now)).kind).toBe("device-revoked");
  });

  it("R17 a device stays on its platform", () => {
    const device = aDevice();
    expect(() => requirePlatform(caller, { own: [device], all: [device] })).not.toThrow();
    expect(() => requirePlatform(stranger, { own: [], all: [device] })).not.toThrow();
    const failure = refusalOf(() => requirePlatform(caller, { own: [], all: [device] }));
    expect(failure.details.errors).toMatchObject([{ at: "platform" }]);
  });

  it.each(["", "a\nb", "\ud800", "a".repeat(81)])("R17 refuses %j for a device's name", (name) => {
    expect({ isTaken: DeviceName.safeParse(name).success }).toEqual({ isTaken: false });
  });
});

describe("R17 registering", () => {
  it("R17 lists a new device under its name, registered and seen now", () => {
    const { result } = planRegistration(stored(), stranger, "Tablet", now);
    expect(result).toEqual({ id: stranger.device, name: "Tablet", registeredAt: now, lastSeenAt: now });
  });

  it("R17 the owner's first device may register before there is any backup", () => {
    const change = planRegistration(undefined, stranger, "Tablet", now);
    expect(change).toMatchObject({ next: { generation: 0, versions: [], devices: [{ name: "Tablet" }] } });
  });

  it("R32 registering twice keeps the date, takes the name, and touches no other device", () => {
    const other = aDevice({ id: aDeviceId("other") });
    const change = planRegistration(stored(aHead({ devices: [other, aDevice()] })), caller, "Another", now);
    expect(devicesAfter(change)).toEqual([other, { ...aDevice(), name: "Another", lastSeenAt: now }]);
  });

  it("R17 a revoked device can't register again", () => {
    const held = stored(aHead({ devices: [aDevice({ revokedAt: later(now, -DAY) })] }));
    expect(refusalOf(() => planRegistration(held, caller, "x", now)).kind).toBe("device-revoked");
  });
});

describe("R17 the thirty-first", () => {
  const seenDaysAgo = (days: number) => (index: number) => ({
    lastSeenAt: later(now, -(days * DAY + index)),
  });
  const unregistered = { id: stranger.device, name: "x" };
  const longest = aDeviceId("device-29");
  const activeOf = (devices: Device[]) => devices.filter(isActive).length;

  it("R17 replaces the one unseen for the longest, which is suspended", () => {
    const devices = withDevice(someDevices(30, seenDaysAgo(1)), unregistered, now);
    expect(activeOf(devices)).toBe(30);
    expect(findDevice(devices, longest)).toMatchObject({ suspendedAt: now, displacedBy: stranger.device });
    expect(displacedBy(devices, stranger.device).map(({ id }) => id)).toEqual([longest]);
    expect(refusalOf(() => admit(aCaller({ device: longest }), devices, "registered", now)).kind).toBe(
      "device-suspended",
    );
    expect(() => admit(aCaller({ device: longest }), devices, "any", now)).not.toThrow();
  });

  it("R17 or revoked, if it was unseen for over thirty days", () => {
    expect(
      findDevice(withDevice(someDevices(30, seenDaysAgo(30)), unregistered, now), longest),
    ).toMatchObject({
      revokedAt: now,
      displacedBy: stranger.device,
    });
  });

  it("R17 a listed device replaces none, and revoked ones take no place", () => {
    const full = someDevices(30, seenDaysAgo(1));
    expect(activeOf(withDevice(full, { id: longest, name: "x" }, now))).toBe(30);
    expect(displacedBy(withDevice(full, { id: longest, name: "x" }, now), longest)).toEqual([]);
    const oneRevoked = someDevices(30, (index) => (index === 0 ? { revokedAt: now } : {}));
    expect(activeOf(withDevice(oneRevoked, unregistered, now))).toBe(30);
  });

  it("R17 a replaced device comes back by registering again, and then replaces another", () => {
    const devices = withDevice(someDevices(30, seenDaysAgo(1)), unregistered, now);
    const back = withDevice(devices, { id: longest, name: "x" }, later(now, 1));
    expect(findDevice(back, longest)).toEqual({
      ...aDevice({ id: longest, name: "Device 29", lastSeenAt: later(now, 1) }),
      suspendedAt: undefined,
      displacedBy: undefined,
    });
    expect(displacedBy(back, longest).map(({ id }) => id)).toEqual([aDeviceId("device-28")]);
    expect(activeOf(back)).toBe(30);
  });

  it("R17 one device after another never overfills the list, and never drives out a recently seen one", () => {
    let devices = someDevices(30, seenDaysAgo(1));
    for (let at = 0; at < 300; at++)
      devices = withDevice(devices, { id: aDeviceId(`thief-${at}`), name: "x" }, later(now, at));
    expect(devices.filter(({ revokedAt, suspendedAt }) => suspendedAt && !revokedAt)).toHaveLength(30);
    expect(devices).toHaveLength(30 + 30 + 100);
    for (const { id } of someDevices(30)) expect(findDevice(devices, id)?.revokedAt).toBeUndefined();
  });

  it("R17 in any order of arrivals and suspensions at most thirty are active, always including the newest", () => {
    const coming = fc.array(fc.tuple(fc.nat({ max: 40 }), fc.nat({ max: 20 })), { maxLength: 90 });
    holds(
      fc.property(coming, (steps) => {
        let devices: Device[] = [];
        let time = now;
        for (const [index, days] of steps) {
          time = later(time, days * DAY);
          const id = aDeviceId(`device-${index}`);
          if (findDevice(devices, id)?.revokedAt) continue;
          devices = withDevice(devices, { id, name: "x" }, time);
          expect(activeOf(devices)).toBeLessThanOrEqual(30);
          expect(findDevice(devices, id)).toMatchObject({ lastSeenAt: time });
          expect(() => admit(aCaller({ device: id }), devices, "registered", time)).not.toThrow();
        }
      }),
    );
  });
});

describe("R17 a year unseen", () => {
  const away = [aDevice({ lastSeenAt: later(now, -365 * DAY - 1) })];

  it("R17 a device that changed nothing for a year is refused until it registers again, and keeps its place", () => {
    const refusal = refusalOf(() => admit(caller, away, "registered", now));
    expect(refusal).toMatchObject({ kind: "device-suspended", message: expect.stringContaining("a year") });
    expect(() =>
      admit(caller, [aDevice({ lastSeenAt: later(now, -365 * DAY) })], "registered", now),
    ).not.toThrow();
    const back = withDevice(away, { id: caller.device, name: "x" }, now);
    expect(() => admit(caller, back, "registered", now)).not.toThrow();
    expect(back).toHaveLength(1);
  });

  it("R17 R18 it counts as unregistered when others must be told", () => {
    expect({
      longAway: isUnregistered(caller, away, now),
      known: isUnregistered(caller, [aDevice()], now),
      first: isUnregistered(caller, [], now),
    }).toEqual({ longAway: true, known: false, first: false });
  });
});

describe("R17 renaming", () => {
  it("R17 changes the name of that device and nothing else", () => {
    const devices = someDevices(3);
    const change = planRename(stored(aHead({ devices })), aDeviceId("device-1"), "Kitchen");
    expect(devicesAfter(change)).toEqual(
      devices.map((each, index) => (index === 1 ? { ...each, name: "Kitchen" } : each)),
    );
  });

  it("R17 refuses a device that isn't on the list", () => {
    for (const held of [stored(), undefined])
      expect(refusalOf(() => planRename(held, stranger.device, "x")).kind).toBe("device-not-found");
  });
});

describe("R17 revoking", () => {
  it("R17 revokes that device now and no other", () => {
    const devices = someDevices(3);
    expect(withRevoked(devices, aDeviceId("device-1"), now)).toEqual(
      devices.map((each, index) => (index === 1 ? { ...each, revokedAt: now } : each)),
    );
  });

  it("R17 no change of the list makes a revoked device active again", () => {
    const devices = someDevices(4, (index) => (index === 0 ? { revokedAt: later(now, -DAY) } : {}));
    const steps = fc.array(
      fc.tuple(fc.constantFrom("come", "rename", "revoke"), fc.integer({ min: 0, max: 5 })),
      { maxLength: 20 },
    );
    holds(
      fc.property(steps, (taken) => {
        let head = aHead({ devices });
        for (const [step, index] of taken) {
          const id = aDeviceId(`device-${index}`);
          const before = new Set(head.devices.filter(isRevoked).map((device) => device.id));
          try {
            const change = {
              come: () => planRegistration(stored(head), aCaller({ device: id }), "x", now),
              rename: () => planRename(stored(head), id, "y"),
              revoke: () => ({ next: { ...head, devices: withRevoked(head.devices, id, now) } }),
            }[step]?.();
            if (change && "next" in change) head = change.next;
          } catch (error) {
            expect(error).toMatchObject({ name: "Failure" });
          }
          expect(head.devices.filter((device) => before.has(device.id) && isActive(device))).toEqual([]);
        }
      }),
    );
  });

  it("R17 keeps the last hundred revoked devices and every active one", () => {
    const devices = [...revokedOnes(100), aDevice()];
    const left = withRevoked(devices, aDeviceId(), now);
    expect(left).toHaveLength(100);
    expect(findDevice(left, aDeviceId())?.revokedAt).toEqual(now);
    expect(findDevice(left, aDeviceId("device-99"))).toBeUndefined();
    expect(
      withRevoked([...revokedOnes(99), ...someDevices(30)], aDeviceId("none"), now).filter(isActive),
    ).toHaveLength(30);
  });

  it("R17 R30 of those revoked lately the first to register stay", () => {
    const series = someDevices(120, (index) => ({ registeredAt: later(now, index + 1) }));
    const first = aDevice({ id: aDeviceId("first"), registeredAt: now, revokedAt: later(now, -DAY) });
    const left = series.reduce((devices, { id }) => withRevoked(devices, id, now), [first, ...series]);
    expect(left).toHaveLength(100);
    expect(findDevice(left, aDeviceId("first"))).toEqual(first);
    const old = { ...first, revokedAt: later(now, -31 * DAY) };
    const without = series.reduce((devices, { id }) => withRevoked(devices, id, now), [old, ...series]);
    expect(findDevice(without, aDeviceId("first"))).toBeUndefined();
  });

  it("R17 revokes a device also where a hundred others were revoked at the same moment or by a faster clock", () => {
    for (const at of [now, later(now, DAY)]) {
      const devices = [...revokedOnes(100, () => at), aDevice()];
      expect(findDevice(withRevoked(devices, aDeviceId(), now), aDeviceId())?.revokedAt).toEqual(now);
    }
  });
});
