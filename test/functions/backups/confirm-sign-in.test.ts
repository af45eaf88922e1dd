/** POST v1/backups/{platform}/confirm: a fresh sign-in clears the sign-in reason (R28). */
import { expect, it } from "vitest";
import { nothingYet } from "../../support/builders.ts";
import { anOwner, type CheckedPhone, signInAt } from "../../support/phones.ts";
import { tagOf, versionsOf } from "../heads.ts";
import {
  anOwnerWithBackup,
  aRegisteredPhone,
  etagOf,
  expectEachRefused,
  expectRefused,
  placesIn,
  receiptIn,
  statusesOf,
  statusIn,
  upload,
} from "../helpers.ts";

const confirm = (phone: CheckedPhone, headers: Record<string, string>, platform = "android") =>
  phone.call("POST", `v1/backups/${platform}/confirm`, { headers });

it("R28 counts from the sign-in, not from the call", async () => {
  const { owner, phone, uploaded } = await anOwnerWithBackup();
  const later = new Date(Math.floor(Date.now() / 1000) * 1000);
  await phone.signIn(owner, signInAt(later));
  const { confirmedAt = "" } = statusIn(await confirm(phone, { "if-match": etagOf(uploaded) }));
  expect(Date.parse(confirmedAt)).toBeLessThanOrEqual(Date.now());
  expect(Date.parse(confirmedAt)).toBeGreaterThanOrEqual(later.getTime());
});

it("R10 R28 refuses an old sign-in with a challenge, and one of unknown time without", async () => {
  const { owner, phone, uploaded } = await anOwnerWithBackup();
  for (const [claims, kind, challenge] of [
    [signInAt(new Date(Date.now() - 601_000)), "sign-in-too-old", expect.stringContaining("max_age=600")],
    [{ authTime: null }, "sign-in-time-missing", null],
  ] as const) {
    await phone.signIn(owner, claims);
    const problem = await expectRefused(owner, kind, async () => {
      const reply = await confirm(phone, { "if-match": etagOf(uploaded) });
      expect(reply.headers.get("www-authenticate")).toEqual(challenge);
      return reply;
    });
    expect(problem.maxAgeSeconds).toBe(600);
  }
});

it("R7 428 without a precondition, 412 with a stale one", async () => {
  const { owner, phone, uploaded } = await anOwnerWithBackup();
  await expectRefused(owner, "precondition-required", () => confirm(phone, {}));
  const second = await upload(phone, { headers: { "if-match": etagOf(uploaded) } });
  const told = await expectEachRefused(owner, "stale-precondition", {
    former: () => confirm(phone, { "if-match": etagOf(uploaded) }),
    none: () => confirm(phone, nothingYet),
  });
  for (const problem of told) expect(problem).toMatchObject({ generation: 2, etag: etagOf(second) });
});

it("R7 refuses malformed ETags and both headers at once", async () => {
  const { owner, phone, uploaded } = await anOwnerWithBackup();
  const etag = etagOf(uploaded);
  await expectEachRefused(owner, "invalid-request", {
    any: () => confirm(phone, { "if-match": "*" }),
    "weak without quotes": () => confirm(phone, { "if-match": `W/${etag.replaceAll('"', "")}` }),
    both: () => confirm(phone, { "if-match": etag, ...nothingYet }),
  });
});

it("R41 404 without a backup and for a deleted one", async () => {
  const owner = anOwner();
  const phone = await aRegisteredPhone(owner);
  await expectRefused(owner, "backup-not-found", () => confirm(phone, { "if-match": '"0x1"' }));
  const uploaded = await upload(phone);
  const headers = { "if-match": etagOf(uploaded) };
  const deleted = await phone.call("DELETE", "v1/backups/android", { headers });
  await expectEachRefused(owner, "backup-not-found", {
    deleted: () => confirm(phone, { "if-match": etagOf(deleted) }),
    "the other platform": () => confirm(phone, nothingYet, "ios"),
  });
});

it("R41 refuses an unknown platform and a query parameter", async () => {
  const { owner, phone, uploaded } = await anOwnerWithBackup();
  const headers = { "if-match": etagOf(uploaded) };
  const told = await expectEachRefused(owner, "invalid-request", {
    platform: () => confirm(phone, headers, "windows"),
    query: () => phone.call("POST", "v1/backups/android/confirm?at=canary", { headers }),
  });
  expect(told.flatMap(placesIn)).toEqual(["path parameter platform", "query parameter at"]);
});

it("R7 two confirmations of one state at once: both count, and nothing but the time changes", async () => {
  const { owner, phone, uploaded } = await anOwnerWithBackup();
  const versions = await versionsOf(owner);
  const headers = { "if-match": etagOf(uploaded) };
  const replies = await Promise.all([confirm(phone, headers), confirm(phone, headers)]);
  expect(statusesOf(replies)).toEqual([200, 200]);
  expect(await versionsOf(owner)).toEqual(versions);
  expect(await tagOf(owner)).toBe(etagOf(uploaded));
  expect(statusIn(await phone.call("GET", "v1/backups/android")).version).toEqual(
    receiptIn(uploaded).version,
  );
});
