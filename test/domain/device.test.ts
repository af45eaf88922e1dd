/** Devices: who is let in, how they come, are renamed and are revoked for good. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY, later } from "../../lib/domain/clock.ts";
import {
  admit,
  type Device,
  DeviceName,
  findDevice,
  isActive,
  requirePlatform,
  withDevice,
  withRevoked,
} from "../../lib/domain/device.ts";
import type { Head } from "../../lib/domain/head.ts";
import { planRegistration, planRename, planRevocation } from "../../lib/domain/registration.ts";
import type { Change } from "../../lib/domain/store.ts";
import { aCaller, aDevice, aDeviceId, aHead, now, someDevices, stored } from "./builders.ts";
import { holds } from "./holds.ts";
import { refusalOf } from "./refusals.ts";

const caller = aCaller();
const stranger = aCaller({ device: aDeviceId("stranger") });
const devicesAfter = (change: Change<Head, Device>) => ("next" in change ? change.next.devices : undefined);
const revokedOnes = (count: number, at = (index: number) => later(now, -index * DAY)) =>
  someDevices(count, (index) => ({ revokedAt: at(index) }));

describe("R17 who is let in", () => {
  it("R17 lets a registered device in, and an unknown one only where newcomers are", () => {
    expect(() => admit(caller, [aDevice()], false)).not.toThrow();
    expect(() => admit(stranger, [aDevice()], true)).not.toThrow();
    expect(refusalOf(() => admit(stranger, [aDevice()], false)).kind).toBe("device-unknown");
    expect(refusalOf(() => admit(stranger, [], false)).kind).toBe("device-unknown");
  });

  it("R17 refuses a revoked device everywhere, also among newcomers", () => {
    const revoked = [aDevice({ revokedAt: now })];
    expect(refusalOf(() => admit(caller, revoked, false)).kind).toBe("device-revoked");
    expect(refusalOf(() => admit(caller, revoked, true)).kind).toBe("device-revoked");
  });

  it("R17 a device stays on its platform", () => {
    const device = aDevice();
    expect(() => requirePlatform(caller, { own: [device], all: [device] })).not.toThrow();
    expect(() => requirePlatform(stranger, { own: [], all: [device] })).not.toThrow();
    const failure = refusalOf(() => requirePlatform(caller, { own: [], all: [device] }));
    expect(failure.details.errors).toMatchObject([{ at: "platform" }]);
  });

  it.each(["", "a\nb", "\ud800", "a".repeat(81)])("R17 refuses %j for a device's name", (name) => {
    expect(DeviceName.safeParse(name).success).toBe(false);
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

  it("R17 refuses a thirty-first active device; revoked ones don't count, listed ones still come in", () => {
    const [full, listed] = [someDevices(30), aCaller({ device: aDeviceId("device-29") })];
    expect(refusalOf(() => planRegistration(stored(aHead({ devices: full })), stranger, "x", now)).kind).toBe(
      "too-many-devices",
    );
    expect(withDevice(full, { id: listed.device, name: "x" }, now)).toHaveLength(30);
    const oneRevoked = someDevices(30, (index) => (index === 0 ? { revokedAt: now } : {}));
    expect(withDevice(oneRevoked, { id: stranger.device, name: "x" }, now)).toHaveLength(31);
  });

  it("R17 a revoked device can't register again", () => {
    const held = stored(aHead({ devices: [aDevice({ revokedAt: later(now, -DAY) })] }));
    expect(refusalOf(() => planRegistration(held, caller, "x", now)).kind).toBe("device-revoked");
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
    expect(refusalOf(() => planRename(stored(), stranger.device, "x")).kind).toBe("device-not-found");
    expect(refusalOf(() => planRevocation(stored(), stranger.device, now)).kind).toBe("device-not-found");
  });
});

describe("R17 revoking", () => {
  it("R17 revokes that device now and no other", () => {
    const change = planRevocation(stored(aHead({ devices: someDevices(3) })), aDeviceId("device-1"), now);
    expect(change.result.revokedAt).toEqual(now);
    expect(devicesAfter(change)?.filter(isActive)).toHaveLength(2);
  });

  it("R32 revoking twice changes nothing and keeps the time of the first", () => {
    const held = stored(aHead({ devices: [aDevice({ revokedAt: later(now, -DAY) })] }));
    expect(planRevocation(held, aDeviceId(), now)).toEqual({
      result: held.value.devices[0],
      unchanged: held,
    });
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
          const before = new Set(
            head.devices.filter((device) => !isActive(device)).map((device) => device.id),
          );
          try {
            const change = {
              come: () => planRegistration(stored(head), aCaller({ device: id }), "x", now),
              rename: () => planRename(stored(head), id, "y"),
              revoke: () => planRevocation(stored(head), id, now),
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

  it("R17 revokes a device also where a hundred others were revoked at the same moment or by a faster clock", () => {
    const devices = [...revokedOnes(100, () => now), aDevice()];
    expect(planRevocation(stored(aHead({ devices })), aDeviceId(), now).result.revokedAt).toEqual(now);
  });
});
