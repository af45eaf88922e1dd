/** PATCH v1/devices/{id}: gives one of the owner's devices another name. */
import { expect, it } from "vitest";
import { anOwner, type CheckedPhone } from "../../support/phones.ts";
import {
  anOwnerWithBackup,
  aRegisteredPhone,
  deviceIn,
  devicesIn,
  expectEachRefused,
  expectRefused,
  placesIn,
  revoke,
  statusesOf,
  statusIn,
} from "../helpers.ts";
import { storedOf } from "../stored.ts";

const rename = (phone: CheckedPhone, id: string, body: unknown = { name: "canary-new" }) =>
  phone.call("PATCH", `v1/devices/${id}`, { body });

it("R17 renames a device everywhere, and changes nothing else but when it was seen", async () => {
  const { phone } = await anOwnerWithBackup();
  const before = devicesIn(await phone.call("GET", "v1/devices"))[0];
  const reply = await rename(phone, phone.deviceId, { name: "Zoë 🔑" });
  expect({ status: reply.status, device: deviceIn(reply) }).toEqual({
    status: 200,
    device: { ...before, name: "Zoë 🔑", lastSeenAt: expect.any(String) },
  });
  expect(devicesIn(await phone.call("GET", "v1/devices"))).toEqual([deviceIn(reply)]);
  const { version, generation } = statusIn(await phone.call("GET", "v1/backups/android"));
  expect(version?.device.name).toBe("Zoë 🔑");
  expect(generation).toBe(1);
});

it("R17 renames another device of the owner, also on the other platform", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  const iphone = await aRegisteredPhone(owner, { platform: "ios" });
  const device = deviceIn(await rename(phone, iphone.deviceId));
  expect(device).toMatchObject({
    id: iphone.deviceId,
    platform: "ios",
    name: "canary-new",
    isThisDevice: false,
  });
});

it("R17 R33 404 for an unknown id, and the same for another owner's device", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  const { owner: other, phone: stranger } = await anOwnerWithBackup();
  const before = await storedOf(other);
  const told = await expectEachRefused(owner, "device-not-found", {
    nobody: () => rename(phone, "A".repeat(43)),
    "another owner's": () => rename(phone, stranger.deviceId),
  });
  const [first, second] = told.map((problem) => ({ ...problem, instance: "" }));
  expect(first).toEqual(second);
  expect(await storedOf(other)).toEqual(before);
});

it("R41 refuses a malformed id", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  const ids = ["me", "A".repeat(42), "A".repeat(44), `${"A".repeat(42)}.`, "windows"];
  const calls = ids.map((id) => [id, () => rename(phone, id)] as const);
  const told = await expectEachRefused(owner, "invalid-request", Object.fromEntries(calls));
  for (const problem of told) expect(placesIn(problem)).toEqual(["path parameter id"]);
});

it("R41 refuses an invalid name, by pointer, and a query parameter", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  const cases: [unknown, string][] = [
    [{}, "/name"],
    [{ name: "" }, "/name"],
    [{ name: "x".repeat(81) }, "/name"],
    [{ name: "canary\t" }, "/name"],
    [{ name: "\ud83d" }, "/name"],
    [{ name: null }, "/name"],
    [{ name: "a", platform: "ios" }, "/platform"],
    [{ name: "a", revokedAt: null }, "/revokedAt"],
    [[], "body"],
  ];
  const calls = cases.map(([body], at) => [`case ${at}`, () => rename(phone, phone.deviceId, body)] as const);
  const told = await expectEachRefused(owner, "invalid-request", Object.fromEntries(calls));
  expect(told.flatMap(placesIn)).toEqual(cases.map(([, pointer]) => pointer));
  const query = () => rename(phone, `${phone.deviceId}?name=canary`);
  expect(placesIn(await expectRefused(owner, "invalid-request", query))).toEqual(["query parameter name"]);
});

it("R17 a renamed device stays revoked", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  const lost = await aRegisteredPhone(owner);
  await revoke(phone, lost);
  expect(deviceIn(await rename(phone, lost.deviceId)).revokedAt).toBeDefined();
  await expectRefused(owner, "device-revoked", () => lost.call("GET", "v1/devices"));
});

it("R7 of five devices renamed at once by five, no name is lost", async () => {
  const owner = anOwner();
  const phones = await Promise.all(Array.from({ length: 5 }, () => aRegisteredPhone(owner)));
  const renaming = phones.map((phone, at) => rename(phone, phone.deviceId, { name: `name ${at}` }));
  expect(statusesOf(await Promise.all(renaming))).toEqual([200, 200, 200, 200, 200]);
  const devices = devicesIn((await phones[0]?.call("GET", "v1/devices")) ?? expect.fail("no phone"));
  const names = phones.map(({ deviceId }) => devices.find(({ id }) => id === deviceId)?.name);
  expect(names).toEqual([0, 1, 2, 3, 4].map((at) => `name ${at}`));
});
