/** DELETE v1/backups/{platform}: turns backup off. */
import { expect, it } from "vitest";
import { nothingYet } from "../../support/builders.ts";
import { anOwner, type CheckedPhone } from "../../support/phones.ts";
import { tagOf, versionsOf } from "../heads.ts";
import {
  anOwnerWithBackup,
  aRegisteredPhone,
  devicesIn,
  etagOf,
  expectEachRefused,
  expectRefused,
  placesIn,
  recovering,
  statusesOf,
  statusIn,
} from "../helpers.ts";
import { storedOf } from "../stored.ts";

const remove = (phone: CheckedPhone, headers: Record<string, string>, platform = "android") =>
  phone.call("DELETE", `v1/backups/${platform}`, { headers });

it("R6 R30 deletes the current backup, keeps its versions for a while, and says until when", async () => {
  const { owner, phone, uploaded } = await anOwnerWithBackup();
  const versions = await versionsOf(owner);
  const reply = await remove(phone, { "if-match": etagOf(uploaded) });
  expect(reply.status).toBe(200);
  const { deletedAt, undeletableUntil, generation, staleness } = statusIn(reply);
  expect({ deletedAt, undeletableUntil, generation }).toEqual({
    deletedAt: expect.any(String),
    undeletableUntil: expect.any(String),
    generation: 1,
  });
  expect(staleness).toEqual({
    state: "deleted",
    reasons: ["deleted"],
    indicator: "dot",
    nextStep: "undelete",
  });
  expect(await versionsOf(owner)).toEqual(versions);
  expect(await tagOf(owner)).toBe(etagOf(reply));
  expect(devicesIn(await phone.call("GET", "v1/devices"))).toHaveLength(1);
  await expectRefused(owner, "backup-not-found", () =>
    phone.call("POST", "v1/recoveries", recovering(phone)),
  );
});

it("R32 deleting a deleted backup by its present ETag changes nothing", async () => {
  const { owner, phone, uploaded } = await anOwnerWithBackup();
  const first = await remove(phone, { "if-match": etagOf(uploaded) });
  const after = await storedOf(owner);
  for (const headers of [{ "if-match": etagOf(first) }, nothingYet]) {
    const again = await remove(phone, headers);
    expect({ status: again.status, body: again.body, etag: etagOf(again) }).toEqual({
      status: 200,
      body: first.body,
      etag: etagOf(first),
    });
  }
  expect(await storedOf(owner)).toEqual(after);
});

it("R7 428 without a precondition, 412 with a stale one: it names the present generation and ETag", async () => {
  const { owner, phone, uploaded } = await anOwnerWithBackup();
  const { uploaded: others } = await anOwnerWithBackup();
  await expectRefused(owner, "precondition-required", () => remove(phone, {}));
  const told = await expectEachRefused(owner, "stale-precondition", {
    "another owner's": () => remove(phone, { "if-match": etagOf(others) }),
    "nothing yet": () => remove(phone, nothingYet),
  });
  for (const problem of told) expect(problem).toMatchObject({ generation: 1, etag: etagOf(uploaded) });
  const deleted = await remove(phone, { "if-match": etagOf(uploaded) });
  const problem = await expectRefused(owner, "stale-precondition", () =>
    remove(phone, { "if-match": etagOf(uploaded) }),
  );
  expect(problem.etag).toBe(etagOf(deleted));
});

it("R7 refuses malformed ETags and both headers at once", async () => {
  const { owner, phone, uploaded } = await anOwnerWithBackup();
  const etag = etagOf(uploaded);
  await expectEachRefused(owner, "invalid-request", {
    "any state": () => remove(phone, { "if-match": "*" }),
    "weak without quotes": () => remove(phone, { "if-match": `W/${etag.replaceAll('"', "")}` }),
    list: () => remove(phone, { "if-match": `${etag}, ${etag}` }),
    both: () => remove(phone, { "if-match": etag, ...nothingYet }),
    "an ETag where * belongs": () => remove(phone, { "if-none-match": etag }),
  });
});

it("R41 404 if there is none", async () => {
  const owner = anOwner();
  const phone = await aRegisteredPhone(owner);
  await expectEachRefused(owner, "backup-not-found", {
    "a state": () => remove(phone, { "if-match": '"0x1"' }),
    "no state": () => remove(phone, nothingYet),
    "the other platform": () => remove(phone, nothingYet, "ios"),
  });
});

it("R41 refuses an unknown platform and a query parameter", async () => {
  const { owner, phone, uploaded } = await anOwnerWithBackup();
  const headers = { "if-match": etagOf(uploaded) };
  const platform = await expectRefused(owner, "invalid-request", () => remove(phone, headers, "windows"));
  expect(placesIn(platform)).toEqual(["path parameter platform"]);
  const query = await expectRefused(owner, "invalid-request", () =>
    remove(phone, headers, "android?force=1"),
  );
  expect(placesIn(query)).toEqual(["query parameter force"]);
});

it("R2 leaves the other platform's backup alone", async () => {
  const { owner, phone, uploaded } = await anOwnerWithBackup();
  const iphone = await aRegisteredPhone(owner, { platform: "ios" });
  await iphone.call("PUT", "v1/backups/ios", { body: { accounts: [], settings: {} }, headers: nothingYet });
  const ios = await tagOf(owner, "ios");
  await remove(phone, { "if-match": etagOf(uploaded) });
  expect(await tagOf(owner, "ios")).toBe(ios);
});

it("R7 five deletions of one state at once: one wins", async () => {
  const { phone, uploaded } = await anOwnerWithBackup();
  const calls = Array.from({ length: 5 }, () => remove(phone, { "if-match": etagOf(uploaded) }));
  expect(statusesOf(await Promise.all(calls))).toEqual([200, 412, 412, 412, 412]);
});
