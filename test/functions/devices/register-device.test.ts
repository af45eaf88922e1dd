/** POST v1/devices: registers this device by a fresh sign-in. */
import { expect, it } from "vitest";
import { anOwner, aPhone, type CheckedPhone, signInAt } from "../../support/phones.ts";
import {
  anOwnerWithBackup,
  aRegisteredPhone,
  deviceIn,
  devicesIn,
  expectEachRefused,
  expectRefused,
  placesIn,
  register,
  revoke,
  stalenessIn,
  statusesOf,
} from "../helpers.ts";
import { everythingOf, storedOf } from "../stored.ts";

const registering = (phone: CheckedPhone, change: object = {}) =>
  phone.call("POST", "v1/devices", { body: { platform: phone.platform, name: "canary-phone", ...change } });

it("R17 lets a new device in, under the name it gives, and answers 201", async () => {
  const { owner, phone: first } = await anOwnerWithBackup();
  const phone = await aPhone({ owner });
  const reply = await registering(phone, { name: "Zoë 🔑" });
  expect(reply.status).toBe(201);
  const device = deviceIn(reply);
  expect(device).toMatchObject({
    id: phone.deviceId,
    name: "Zoë 🔑",
    platform: "android",
    isThisDevice: true,
  });
  expect(device.registeredAt).toBe(device.lastSeenAt);
  const listed = devicesIn(await first.call("GET", "v1/devices")).find(({ id }) => id === device.id);
  expect(listed).toEqual({ ...device, isThisDevice: false });
});

it("R17 R26 an owner without anything may begin with it", async () => {
  const owner = anOwner();
  const phone = await aRegisteredPhone(owner, { platform: "ios" });
  expect(Object.keys(await everythingOf(owner))).toEqual(["owners/"]);
  const { state, generation } = stalenessIn(await phone.call("GET", "v1/backups/ios/staleness"));
  expect({ state, generation }).toEqual({ state: "missing", generation: 0 });
});

it("R32 is safe to repeat: the device is listed once", async () => {
  const owner = anOwner();
  const phone = await aPhone({ owner });
  const [first, again] = [await register(phone), await register(phone)];
  expect(deviceIn(again)).toMatchObject({ id: phone.deviceId, registeredAt: deviceIn(first).registeredAt });
  expect(devicesIn(await phone.call("GET", "v1/devices"))).toHaveLength(1);
});

it("R10 R17 refuses an old sign-in with a challenge, and one of unknown time without", async () => {
  const { owner } = await anOwnerWithBackup();
  const phone = await aPhone({ owner });
  for (const [claims, kind, challenge] of [
    [signInAt(new Date(Date.now() - 601_000)), "sign-in-too-old", expect.stringContaining("max_age=600")],
    [{ authTime: null }, "sign-in-time-missing", null],
  ] as const) {
    await phone.signIn(owner, claims);
    await expectRefused(owner, kind, async () => {
      const reply = await registering(phone);
      expect(reply.headers.get("www-authenticate")).toEqual(challenge);
      return reply;
    });
  }
});

it("R17 never lets a revoked key in again, however fresh the sign-in", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  const lost = await aRegisteredPhone(owner);
  await revoke(phone, lost);
  await lost.signIn(owner);
  await expectRefused(owner, "device-revoked", () => registering(lost));
});

it("R17 a device belongs to one platform", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  const problem = await expectRefused(owner, "invalid-request", () =>
    registering(phone, { platform: "ios" }),
  );
  expect(placesIn(problem)).toEqual(["platform"]);
});

it("R33 one key may be a device of two owners, and neither is told", async () => {
  const [owner, other] = [anOwner(), anOwner()];
  const phone = await aRegisteredPhone(owner);
  const before = await storedOf(owner);
  await phone.signIn(other);
  expect((await registering(phone)).status).toBe(201);
  expect(await storedOf(owner)).toEqual(before);
});

it("R41 refuses an invalid registration, by pointer", async () => {
  const owner = anOwner();
  const phone = await aPhone({ owner });
  const cases: [object, string][] = [
    [{ platform: "windows" }, "/platform"],
    [{ platform: undefined }, "/platform"],
    [{ name: undefined }, "/name"],
    [{ name: "" }, "/name"],
    [{ name: "x".repeat(81) }, "/name"],
    [{ name: "canary\n" }, "/name"],
    [{ name: "\udfff" }, "/name"],
    [{ name: 42 }, "/name"],
    [{ id: "canary" }, "/id"],
    [{ pushToken: "canary" }, "/pushToken"],
  ];
  const calls = cases.map(([change], at) => [`case ${at}`, () => registering(phone, change)] as const);
  const told = await expectEachRefused(owner, "invalid-request", Object.fromEntries(calls));
  expect(told.flatMap(placesIn)).toEqual(cases.map(([, pointer]) => pointer));
});

it("R17 five register at once and one of them twice: all are in, each once", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  const phones = await Promise.all(Array.from({ length: 5 }, () => aPhone({ owner })));
  const [twice] = phones;
  const replies = await Promise.all([...phones, ...(twice ? [twice] : [])].map((each) => registering(each)));
  expect(new Set(statusesOf(replies))).toEqual(new Set([201]));
  const ids = devicesIn(await phone.call("GET", "v1/devices")).map(({ id }) => id);
  expect(ids).toHaveLength(6);
  for (const { deviceId } of phones) expect(ids).toContain(deviceId);
});

it("R17 gives a device that registers again the name that it sends", async () => {
  const phone = await aRegisteredPhone(anOwner());
  expect(deviceIn(await register(phone, "another")).name).toBe("another");
});
