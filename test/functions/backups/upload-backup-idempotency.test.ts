/** PUT v1/backups/{platform} with Idempotency-Key: a repeated upload stores once (R8). */
import { expect, it } from "vitest";
import { aBackup, nothingYet } from "../../support/builders.ts";
import { anOwner, aPhone, type CheckedPhone } from "../../support/phones.ts";
import { recover, recoveredIn } from "../../support/step-up.ts";
import { tagOf } from "../heads.ts";
import {
  anOwnerWithBackup,
  aRegisteredPhone,
  etagOf,
  expectEachRefused,
  expectRefused,
  placesIn,
  receiptIn,
  revoke,
  statusesOf,
  statusIn,
} from "../helpers.ts";
import { storedOf } from "../stored.ts";

const KEY = "canary-key";

const putWith = (phone: CheckedPhone, body: object, headers: Record<string, string>, key = KEY) =>
  phone.call("PUT", `v1/backups/${phone.platform}`, {
    body,
    headers: { ...headers, "idempotency-key": key },
  });

it("R8 F25 an upload that is repeated with its key stores once and answers the same version", async () => {
  const owner = anOwner();
  const phone = await aPhone({ owner });
  const document = aBackup();
  const first = await putWith(phone, document, nothingYet);
  const after = await storedOf(owner);
  const again = await putWith(phone, document, nothingYet);
  expect({ status: again.status, body: again.body, etag: etagOf(again) }).toEqual({
    status: first.status,
    body: first.body,
    etag: etagOf(first),
  });
  expect(await storedOf(owner)).toEqual(after);
});

it("R8 ten that are sent at once, as the owner's very first, store once", async () => {
  const owner = anOwner();
  const phone = await aPhone({ owner });
  const document = aBackup();
  const replies = await Promise.all(Array.from({ length: 10 }, () => putWith(phone, document, nothingYet)));
  expect(statusesOf(replies)).toEqual(Array.from({ length: 10 }, () => 201));
  expect(new Set(replies.map((reply) => receiptIn(reply).version.id)).size).toBe(1);
  expect(statusIn(await phone.call("GET", "v1/backups/android")).generation).toBe(1);
  expect(new Set(replies.map(etagOf))).toEqual(new Set([await tagOf(owner)]));
});

it("R8 ten that replace one state at once store once", async () => {
  const { phone, uploaded } = await anOwnerWithBackup();
  const headers = { "if-match": etagOf(uploaded) };
  const document = aBackup();
  const replies = await Promise.all(Array.from({ length: 10 }, () => putWith(phone, document, headers)));
  expect(statusesOf(replies)).toEqual(Array.from({ length: 10 }, () => 200));
  expect(new Set(replies.map((reply) => receiptIn(reply).version.id)).size).toBe(1);
  expect(statusIn(await phone.call("GET", "v1/backups/android")).generation).toBe(2);
});

it("R8 repeating an upload that was since replaced says so, and gives no ETag to build on", async () => {
  const owner = anOwner();
  const phone = await aPhone({ owner });
  const document = aBackup();
  const first = await putWith(phone, document, nothingYet);
  await putWith(phone, aBackup(), { "if-match": etagOf(first) }, "another");
  const after = await storedOf(owner);
  const again = await putWith(phone, document, nothingYet);
  expect(receiptIn(again)).toMatchObject({ current: false, version: { generation: 1 } });
  expect(again.headers.get("etag")).toBeNull();
  expect(await storedOf(owner)).toEqual(after);
});

it("R8 repeating an upload that was since deleted doesn't bring it back", async () => {
  const owner = anOwner();
  const phone = await aPhone({ owner });
  const document = aBackup();
  const first = await putWith(phone, document, nothingYet);
  await phone.call("DELETE", "v1/backups/android", { headers: { "if-match": etagOf(first) } });
  const after = await storedOf(owner);
  expect({ isCurrent: receiptIn(await putWith(phone, document, nothingYet)).current }).toEqual({
    isCurrent: false,
  });
  expect(await storedOf(owner)).toEqual(after);
});

it("R8 the same document with other spacing and order of fields is the same upload", async () => {
  const phone = await aPhone();
  const { accounts, settings } = aBackup();
  const first = await putWith(phone, { accounts, settings }, nothingYet);
  const body = JSON.stringify({ settings, accounts }, undefined, 2);
  const headers = { ...nothingYet, "idempotency-key": KEY };
  const again = await phone.call("PUT", "v1/backups/android", { body, headers });
  expect(receiptIn(again).version).toEqual(receiptIn(first).version);
});

it("R8 F25 422 for the same key with another document, whatever the precondition says", async () => {
  const owner = anOwner();
  const phone = await aPhone({ owner });
  const first = await putWith(phone, aBackup(), nothingYet);
  await expectEachRefused(owner, "idempotency-key-reused", {
    "the same precondition": () => putWith(phone, aBackup(), nothingYet),
    "the present state": () => putWith(phone, aBackup(), { "if-match": etagOf(first) }),
  });
});

it("R5 R8 R32 repeating an upload whose envelope was lost makes it anew: one version, and each envelope opens", async () => {
  const owner = anOwner();
  const phone = await aPhone({ owner, platform: "ios" });
  const document = aBackup();
  const first = await putWith(phone, document, nothingYet);
  const after = await storedOf(owner);
  const again = await putWith(phone, document, nothingYet);
  const [{ envelope: lost, ...told }, { envelope, ...repeated }] = [receiptIn(first), receiptIn(again)];
  expect({ status: again.status, etag: etagOf(again), repeated }).toEqual({
    status: first.status,
    etag: etagOf(first),
    repeated: told,
  });
  expect(await storedOf(owner)).toEqual(after);
  for (const each of [lost, envelope]) {
    const { accounts } = recoveredIn(
      await recover(await aPhone({ owner, platform: "ios" }), { envelope: each }),
    );
    expect(accounts.map(({ account }) => account)).toEqual(document.accounts);
  }
});

it("R5 R8 ten at once under client custody store once, and each envelope opens", async () => {
  const owner = anOwner();
  const phone = await aPhone({ owner, platform: "ios" });
  const document = aBackup();
  const replies = await Promise.all(Array.from({ length: 10 }, () => putWith(phone, document, nothingYet)));
  expect(statusesOf(replies)).toEqual(Array.from({ length: 10 }, () => 201));
  expect(new Set(replies.map((reply) => receiptIn(reply).version.id)).size).toBe(1);
  for (const reply of replies) {
    const body = { platform: "ios", existingAccounts: [], envelope: receiptIn(reply).envelope };
    expect((await phone.call("POST", "v1/recovery-plans", { body })).status).toBe(200);
  }
});

it("R5 R8 422 for the same key and document in another custody", async () => {
  const owner = anOwner();
  const phone = await aPhone({ owner });
  const document = aBackup();
  const putIn = (custody: string, key: string, headers: Record<string, string>) =>
    phone.call("PUT", `v1/backups/android?custody=${custody}`, {
      body: document,
      headers: { ...headers, "idempotency-key": key },
    });
  const first = await putIn("service", "one", nothingYet);
  const second = await putIn("client", "two", { "if-match": etagOf(first) });
  expect({ first: first.status, second: second.status }).toEqual({ first: 201, second: 200 });
  await expectEachRefused(owner, "idempotency-key-reused", {
    "for the client, then": () => putIn("client", "one", nothingYet),
    "for the service, then": () => putIn("service", "two", { "if-match": etagOf(second) }),
  });
});

it("R8 two documents under one key at once: one is stored, the other is told", async () => {
  const owner = anOwner();
  const phone = await aPhone({ owner });
  const replies = await Promise.all([
    putWith(phone, aBackup(), nothingYet),
    putWith(phone, aBackup(), nothingYet),
  ]);
  expect(statusesOf(replies)).toEqual([201, 422]);
  expect(statusIn(await phone.call("GET", "v1/backups/android")).generation).toBe(1);
});

it("R8 R33 F25 the same key of another device or another owner is another upload", async () => {
  const owner = anOwner();
  const [phone, stranger] = [await aPhone({ owner }), await aPhone()];
  const document = aBackup();
  const first = await putWith(phone, document, nothingYet);
  const second = await aRegisteredPhone(owner);
  const etag = etagOf(await phone.call("GET", "v1/backups/android"));
  const others = [
    await putWith(second, document, { "if-match": etag }),
    await putWith(stranger, document, nothingYet),
  ];
  expect(others.map((reply) => receiptIn(reply).version.generation)).toEqual([2, 1]);
  const ids = [first, ...others].map((reply) => receiptIn(reply).version.id);
  expect(new Set(ids).size).toBe(3);
});

it("R8 another key with the same document is another upload", async () => {
  const phone = await aPhone();
  const document = aBackup();
  const first = await putWith(phone, document, nothingYet);
  const second = await putWith(phone, document, { "if-match": etagOf(first) }, "another");
  expect(receiptIn(second).version.generation).toBe(2);
});

it("R17 a revoked device gets nothing by repeating", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  const second = await aRegisteredPhone(owner);
  const etag = etagOf(await phone.call("GET", "v1/backups/android"));
  const document = aBackup();
  await putWith(second, document, { "if-match": etag });
  await revoke(phone, second);
  await expectRefused(owner, "device-revoked", () => putWith(second, document, { "if-match": etag }));
});

it("R41 refuses a key that is empty, too long or not visible ASCII", async () => {
  const owner = anOwner();
  const phone = await aPhone({ owner });
  const words = ["", "a b", "a\tb", "x".repeat(256), "\xc3\xa9"];
  const calls = words.map((key) => [key, () => putWith(phone, aBackup(), nothingYet, key)] as const);
  const told = await expectEachRefused(owner, "invalid-request", Object.fromEntries(calls));
  for (const problem of told) expect(placesIn(problem)).toEqual(["Idempotency-Key"]);
  expect((await putWith(phone, aBackup(), nothingYet, "~".repeat(255))).status).toBe(201);
});
