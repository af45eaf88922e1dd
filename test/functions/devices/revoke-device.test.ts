/** DELETE v1/devices/{id}: revokes one of the owner's devices for good. */

import { expect, it } from "vitest";
import type { Reply } from "../../../infra/local/phone.ts";
import { anApp } from "../../support/app.ts";
import { beforeNext } from "../../support/meanwhile.ts";
import { anOwner, aPhone, type CheckedPhone } from "../../support/phones.ts";
import { versionsOf } from "../heads.ts";
import {
  anOwnerWithBackup,
  aRegisteredPhone,
  devicesIn,
  etagOf,
  expectEachRefused,
  expectRefused,
  placesIn,
  receiptIn,
  recovering,
  revoke,
  statusesOf,
  statusIn,
} from "../helpers.ts";
import { named, ownerEndpoints, sampleOf } from "../requests.ts";
import { storedOf } from "../stored.ts";

const remove = (phone: CheckedPhone, id: string) => phone.call("DELETE", `v1/devices/${id}`);
/** R32: repeats when the answer says so. */
async function removeInTheEnd(phone: CheckedPhone, id: string, tries = 3): Promise<Reply> {
  const reply = await remove(phone, id);
  return reply.status === 503 && tries > 1 ? await removeInTheEnd(phone, id, tries - 1) : reply;
}

it("R17 takes effect with the next request, on every route", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  const lost = await aRegisteredPhone(owner);
  const etag = etagOf(await phone.call("GET", "v1/backups/android"));
  const reply = await remove(phone, lost.deviceId);
  expect({ status: reply.status, body: reply.body }).toEqual({ status: 204, body: undefined });
  const about = { platform: lost.platform, etag, device: phone.deviceId };
  const calls = named(ownerEndpoints).map(([name, endpoint]) => {
    const { path, ...call } = sampleOf(endpoint, about);
    return [name, () => lost.call(endpoint.method, path, call)] as const;
  });
  await expectEachRefused(owner, "device-revoked", Object.fromEntries(calls));
  const listed = devicesIn(await phone.call("GET", "v1/devices")).find(({ id }) => id === lost.deviceId);
  expect(listed?.revokedAt).toBeDefined();
});

it("R17 takes effect on the other platform's routes too", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  const iphone = await aRegisteredPhone(owner, { platform: "ios" });
  await remove(phone, iphone.deviceId);
  await expectEachRefused(owner, "device-revoked", {
    own: () => iphone.call("GET", "v1/backups/ios/staleness"),
    other: () => iphone.call("GET", "v1/backups/android/staleness"),
    "as another platform's": () =>
      iphone.call("POST", "v1/recoveries", recovering(iphone, { platform: "android" })),
  });
});

it("R17 says with a challenge that the key is revoked", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  const lost = await aRegisteredPhone(owner);
  await revoke(phone, lost);
  const { headers } = await lost.call("GET", "v1/devices");
  expect(headers.get("www-authenticate")).toBe('DPoP error="invalid_token", algs="ES256"');
});

it("R32 revoking twice is the same as once", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  const lost = await aRegisteredPhone(owner);
  await remove(phone, lost.deviceId);
  const after = await storedOf(owner);
  expect((await remove(phone, lost.deviceId)).status).toBe(204);
  expect(await storedOf(owner)).toEqual(after);
});

it("R17 a device may revoke itself, and is then refused", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  expect((await remove(phone, phone.deviceId)).status).toBe(204);
  await expectRefused(owner, "device-revoked", () => remove(phone, phone.deviceId));
});

it("R17 the owner's other devices and their backup aren't touched", async () => {
  const { owner, phone, uploaded } = await anOwnerWithBackup();
  const lost = await aRegisteredPhone(owner);
  const [first] = devicesIn(await phone.call("GET", "v1/devices"));
  const before = await versionsOf(owner);
  await remove(phone, lost.deviceId);
  expect(await versionsOf(owner)).toEqual(before);
  expect(devicesIn(await phone.call("GET", "v1/devices"))[0]).toEqual(first);
  const { version } = statusIn(await phone.call("GET", "v1/backups/android"));
  expect(version).toEqual(receiptIn(uploaded).version);
});

it("R17 R33 404 for an unknown id, and the same for another owner's device", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  const { owner: other, phone: stranger } = await anOwnerWithBackup();
  const before = await storedOf(other);
  const told = await expectEachRefused(owner, "device-not-found", {
    nobody: () => remove(phone, "A".repeat(43)),
    "another owner's": () => remove(phone, stranger.deviceId),
  });
  const [first, second] = told.map((problem) => ({ ...problem, instance: "" }));
  expect(first).toEqual(second);
  expect(await storedOf(other)).toEqual(before);
});

it("R41 refuses a malformed id and a query parameter", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  const ids = ["me", "A".repeat(42), "A".repeat(44), `${"A".repeat(42)}~`];
  const calls = ids.map((id) => [id, () => remove(phone, id)] as const);
  const told = await expectEachRefused(owner, "invalid-request", Object.fromEntries(calls));
  for (const problem of told) expect(placesIn(problem)).toEqual(["path parameter id"]);
  const query = () => remove(phone, `${phone.deviceId}?all=canary`);
  expect(placesIn(await expectRefused(owner, "invalid-request", query))).toEqual(["query parameter all"]);
});

it("R7 of five devices revoked at once none stays", async () => {
  const owner = anOwner();
  const phone = await aRegisteredPhone(owner);
  const lost = await Promise.all(Array.from({ length: 5 }, () => aRegisteredPhone(owner)));
  const replies = await Promise.all(lost.map(({ deviceId }) => removeInTheEnd(phone, deviceId)));
  expect(statusesOf(replies)).toEqual([204, 204, 204, 204, 204]);
  expect(devicesIn(await phone.call("GET", "v1/devices")).filter(({ revokedAt }) => revokedAt)).toHaveLength(
    5,
  );
});

it("R17 revoked during its own upload, a device gets no second one through", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  const lost = await aPhone({ owner });
  const { headers } = await lost.call("POST", "v1/recoveries", recovering(lost));
  const put = () =>
    lost.call("PUT", "v1/backups/android", {
      body: { accounts: [], settings: {} },
      headers: { "if-match": headers.get("etag") ?? "" },
    });
  const [, first] = await Promise.all([remove(phone, lost.deviceId), put()]);
  expect([200, 401]).toContain(first.status);
  await expectRefused(owner, "device-revoked", put);
});

it("R17 a device that is revoked during its own request changes nothing any more", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  const { through, happens } = beforeNext("write ");
  const app = anApp({ through });
  const lost = await aRegisteredPhone(owner, { app });
  happens(() => revoke(phone, lost));
  expect((await remove(lost, phone.deviceId)).status).toBe(401);
  expect((await phone.call("GET", "v1/devices")).status).toBe(200);
});
