/** GET v1/devices: the owner's devices on both platforms. */
import { expect, it } from "vitest";
import { anOwnerWithBackup, aRegisteredPhone, devicesIn, expectRefused, placesIn } from "../helpers.ts";
import { storedOf } from "../stored.ts";

it("R17 lists name, platform and times of all devices and marks the calling one", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  const iphone = await aRegisteredPhone(owner, { platform: "ios" });
  const [ios, android, ...others] = devicesIn(await phone.call("GET", "v1/devices"));
  expect(others).toEqual([]);
  expect(ios).toMatchObject({
    id: iphone.deviceId,
    name: "canary-phone",
    platform: "ios",
    isThisDevice: false,
  });
  expect(android).toMatchObject({ id: phone.deviceId, name: "Android device", platform: "android" });
  expect(android).toMatchObject({ isThisDevice: true });
  const marked = devicesIn(await iphone.call("GET", "v1/devices")).filter(({ isThisDevice }) => isThisDevice);
  expect(marked.map(({ id }) => id)).toEqual([iphone.deviceId]);
});

it("R32 reading changes nothing", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  const before = await storedOf(owner);
  await phone.call("GET", "v1/devices");
  expect(await storedOf(owner)).toEqual(before);
});

it("R41 refuses a query parameter", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  const problem = await expectRefused(owner, "invalid-request", () =>
    phone.call("GET", "v1/devices?all=canary"),
  );
  expect(placesIn(problem)).toEqual(["query parameter all"]);
});

it("R17 lists each device once while five register", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  const [list, ...others] = await Promise.all([
    phone.call("GET", "v1/devices"),
    ...Array.from({ length: 5 }, () => aRegisteredPhone(owner)),
  ]);
  const seen = devicesIn(list).map(({ id }) => id);
  expect(new Set(seen).size).toBe(seen.length);
  const all = devicesIn(await phone.call("GET", "v1/devices")).map(({ id }) => id);
  expect(all.sort()).toEqual([phone, ...others].map(({ deviceId }) => deviceId).sort());
});
