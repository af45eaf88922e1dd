/** GET v1/backups/{platform}: the status of one backup. */
import { expect, it } from "vitest";
import { aBackup } from "../../support/builders.ts";
import { aPhone } from "../../support/phones.ts";
import {
  anOwnerWithBackup,
  aRegisteredPhone,
  etagOf,
  expectEachRefused,
  expectRefused,
  placesIn,
  receiptIn,
  revoke,
  statusIn,
  upload,
} from "../helpers.ts";
import { storedOf } from "../stored.ts";

it("R26 gives the stored backup and its freshness, with the ETag that the next change names", async () => {
  const { phone, uploaded } = await anOwnerWithBackup();
  const reply = await phone.call("GET", "v1/backups/android");
  const { version } = receiptIn(uploaded);
  expect(reply.status).toBe(200);
  expect(statusIn(reply)).toEqual({
    platform: "android",
    generation: 1,
    etag: etagOf(uploaded),
    version,
    confirmedAt: expect.any(String),
    staleness: { state: "fresh", reasons: [], indicator: "none", nextStep: "none" },
  });
  expect(etagOf(reply)).toBe(etagOf(uploaded));
});

it("R34 never tells any content", async () => {
  const { phone } = await anOwnerWithBackup();
  const { body, headers } = await phone.call("GET", "v1/backups/android");
  expect(JSON.stringify([body, [...headers]])).not.toMatch(/canary/i);
});

it("R32 reading changes nothing", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  const before = await storedOf(owner);
  await Promise.all([1, 2, 3].map(() => phone.call("GET", "v1/backups/android")));
  expect(await storedOf(owner)).toEqual(before);
});

it("R26 names the newest version and the device that made it", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  const second = await aRegisteredPhone(owner);
  const etag = etagOf(await phone.call("GET", "v1/backups/android"));
  const newest = await upload(second, { document: aBackup([]), headers: { "if-match": etag } });
  const { version, generation } = statusIn(await phone.call("GET", "v1/backups/android"));
  expect({ version, generation }).toEqual({ version: receiptIn(newest).version, generation: 2 });
  expect(version?.device).toEqual({ id: second.deviceId, name: "canary-phone" });
  await revoke(phone, second);
  expect(statusIn(await phone.call("GET", "v1/backups/android")).version?.device.id).toBe(second.deviceId);
});

it("R6 R30 says until when a deleted backup can be undeleted", async () => {
  const { phone, uploaded } = await anOwnerWithBackup();
  await phone.call("DELETE", "v1/backups/android", { headers: { "if-match": etagOf(uploaded) } });
  const {
    deletedAt = "",
    undeletableUntil = "",
    staleness,
  } = statusIn(await phone.call("GET", "v1/backups/android"));
  expect(Date.parse(undeletableUntil) - Date.parse(deletedAt)).toBe(30 * 86_400_000);
  expect(staleness.state).toBe("deleted");
});

it("R41 404 if there is none on that platform, though there is a device or another backup", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  const iphone = await aRegisteredPhone(owner, { platform: "ios" });
  await expectEachRefused(owner, "backup-not-found", {
    "a device of that platform": () => iphone.call("GET", "v1/backups/ios"),
    "a device of the other one": () => phone.call("GET", "v1/backups/ios"),
  });
});

it("R17 a device of the other platform may read it", async () => {
  const { owner } = await anOwnerWithBackup();
  const iphone = await aRegisteredPhone(owner, { platform: "ios" });
  expect((await iphone.call("GET", "v1/backups/android")).status).toBe(200);
});

it("R17 an unknown device learns nothing, whether there is a backup or not", async () => {
  const { owner } = await anOwnerWithBackup();
  const told = [];
  for (const of of [owner, undefined]) {
    const unknown = await aPhone(of ? { owner: of } : {});
    const { status, body } = await unknown.call("GET", "v1/backups/android");
    told.push([status, { ...Object(body), instance: "" }]);
  }
  expect(told[0]).toEqual(told[1]);
});

it("R41 refuses an unknown platform and query parameters, repeated ones too", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  for (const platform of ["windows", "Android", "ANDROID", "android%20"]) {
    const problem = await expectRefused(owner, "invalid-request", () =>
      phone.call("GET", `v1/backups/${platform}`),
    );
    expect(placesIn(problem)).toEqual(["path parameter platform"]);
  }
  for (const query of ["canry=canary", "a=1&a=2", "__proto__=1", "platform=ios"]) {
    const problem = await expectRefused(owner, "invalid-request", () =>
      phone.call("GET", `v1/backups/android?${query}`),
    );
    expect(placesIn(problem)).toEqual([`query parameter ${query.split("=")[0]}`]);
  }
});

it("R7 reads during uploads see one generation with its own version, ETag and digest", async () => {
  const { phone, uploaded } = await anOwnerWithBackup();
  const replies = [uploaded];
  const write = async () => {
    for (let at = 0; at < 5; at++) {
      const headers = { "if-match": etagOf(replies.at(-1) ?? uploaded) };
      replies.push(await upload(phone, { headers }));
    }
  };
  const readers = Array.from({ length: 10 }, () => phone.call("GET", "v1/backups/android"));
  const [, ...read] = await Promise.all([write(), ...readers]);
  for (const reply of read) {
    const { generation, etag, version } = statusIn(reply);
    const made = replies.find((other) => etagOf(other) === etag);
    expect(made && receiptIn(made).version).toEqual(version);
    expect(version?.generation).toBe(generation);
  }
});
