/** GET v1/backups: the status of all of an owner's backups. */
import { expect, it } from "vitest";
import { anOwner, aPhone } from "../../support/phones.ts";
import {
  anOwnerWithBackup,
  aRegisteredPhone,
  backupsIn,
  etagOf,
  expectRefused,
  placesIn,
  statusesOf,
  statusIn,
  upload,
} from "../helpers.ts";

it("R2 lists both platforms, each like its own status", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  const iphone = await aRegisteredPhone(owner, { platform: "ios" });
  await upload(iphone);
  const backups = backupsIn(await phone.call("GET", "v1/backups"));
  const [ios, android] = [
    await phone.call("GET", "v1/backups/ios"),
    await phone.call("GET", "v1/backups/android"),
  ];
  expect(backups).toEqual([statusIn(ios), statusIn(android)]);
  expect(backupsIn(await iphone.call("GET", "v1/backups"))).toEqual(backups);
});

it("R26 is empty if the owner has only devices", async () => {
  const phone = await aRegisteredPhone(anOwner());
  expect(backupsIn(await phone.call("GET", "v1/backups"))).toEqual([]);
});

it("R30 lists a deleted backup as such", async () => {
  const { phone, uploaded } = await anOwnerWithBackup();
  await phone.call("DELETE", "v1/backups/android", { headers: { "if-match": etagOf(uploaded) } });
  const [backup, ...others] = backupsIn(await phone.call("GET", "v1/backups"));
  expect(backup).toMatchObject({ platform: "android", generation: 1, staleness: { state: "deleted" } });
  expect(others).toEqual([]);
});

it("R17 is refused to an unknown device, even for an owner who has nothing", async () => {
  const owner = anOwner();
  const unknown = await aPhone({ owner });
  await expectRefused(owner, "device-unknown", () => unknown.call("GET", "v1/backups"));
});

it("R41 refuses a query parameter", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  const call = () => phone.call("GET", "v1/backups?platform=canary");
  const problem = await expectRefused(owner, "invalid-request", call);
  expect(placesIn(problem)).toEqual(["query parameter platform"]);
});

it("R7 during first uploads on both platforms, lists whole backups", async () => {
  const owner = anOwner();
  const [phone, iphone] = [await aRegisteredPhone(owner), await aRegisteredPhone(owner, { platform: "ios" })];
  const lists = Array.from({ length: 6 }, () => phone.call("GET", "v1/backups"));
  const [, , ...replies] = await Promise.all([upload(phone), upload(iphone), ...lists]);
  expect(new Set(statusesOf(replies))).toEqual(new Set([200]));
  for (const { generation, version } of replies.flatMap(backupsIn))
    expect(version?.generation).toBe(generation);
  expect(backupsIn(await phone.call("GET", "v1/backups"))).toHaveLength(2);
});
