/** How passing days change a backup and its devices' times (R26-R28). */
import { describe, expect, inject, it } from "vitest";
import { anApp } from "../support/app.ts";
import { type CheckedPhone, signInAt } from "../support/phones.ts";
import {
  anOwnerWithBackup,
  aRegisteredPhone,
  devicesIn,
  etagOf,
  receiptIn,
  recovering,
  revoke,
  stalenessIn,
  statusIn,
  upload,
} from "./helpers.ts";

const DAY = 86_400_000;
const read = async (phone: CheckedPhone) =>
  stalenessIn(await phone.call("GET", "v1/backups/android/staleness"));

describe.concurrent("over time", () => {
  /** An owner at noon, and a way to let days and milliseconds pass without another sign-in. */
  async function aBackupInTime() {
    const start = new Date(Math.floor(Date.now() / 1000) * 1000);
    let now = start;
    const app = anApp({ clock: () => now });
    const { owner, phone, uploaded } = await anOwnerWithBackup({ app });
    await phone.signIn(owner, { ...signInAt(start), expiresIn: 400 * 86_400 });
    const at = async (days: number, milliseconds = 0) => {
      now = new Date(start.getTime() + days * DAY + milliseconds);
      return await read(phone);
    };
    const signInNow = () => phone.signIn(owner, { ...signInAt(now), expiresIn: 400 * 86_400 });
    return { phone, uploaded, at, signInNow };
  }

  it("R26 R27 without a sign-in it ages after 60 days and is stale after 90", async () => {
    const { at, uploaded } = await aBackupInTime();
    const fresh = { state: "fresh", reasons: [], indicator: "none", nextStep: "none" };
    const { digest } = receiptIn(uploaded).version;
    expect(await at(0)).toEqual({ ...fresh, generation: 1, digest, etag: etagOf(uploaded) });
    expect(await at(60, -1)).toMatchObject(fresh);
    const aging = { state: "aging", reasons: ["sign-in-aging"], indicator: "dot", nextStep: "sign-in" };
    expect(await at(60)).toMatchObject(aging);
    expect(await at(90, -1)).toMatchObject(aging);
    const stale = {
      state: "stale",
      reasons: ["sign-in-too-old"],
      indicator: "exclamation",
      nextStep: "sign-in",
    };
    expect(await at(90)).toMatchObject(stale);
  });

  it("R26 R27 without an upload it ages after 120 days and is stale after 180", async () => {
    const { at, phone, signInNow, uploaded } = await aBackupInTime();
    await at(119);
    await signInNow();
    const headers = { "if-match": etagOf(uploaded) };
    const confirmed = await phone.call("POST", "v1/backups/android/confirm", { headers });
    expect((await at(120, -1)).state).toBe("fresh");
    const aging = { state: "aging", reasons: ["upload-aging"], indicator: "dot", nextStep: "upload" };
    expect(await at(120)).toMatchObject(aging);
    await at(178);
    await signInNow();
    await phone.call("POST", "v1/backups/android/confirm", { headers: { "if-match": etagOf(confirmed) } });
    expect(await at(180, -1)).toMatchObject(aging);
    const stale = {
      state: "stale",
      reasons: ["upload-too-old"],
      indicator: "exclamation",
      nextStep: "upload",
    };
    expect(await at(180)).toMatchObject(stale);
  });

  it("R27 gives all reasons, the one to act on first", async () => {
    const { at } = await aBackupInTime();
    const { reasons, nextStep } = await at(200);
    expect({ reasons, nextStep }).toEqual({
      reasons: ["sign-in-too-old", "upload-too-old"],
      nextStep: "sign-in",
    });
  });

  it("R27 an upload makes it fresh again", async () => {
    const { at, phone, signInNow, uploaded } = await aBackupInTime();
    expect((await at(200)).state).toBe("stale");
    await signInNow();
    await upload(phone, { headers: { "if-match": etagOf(uploaded) } });
    expect((await at(200)).state).toBe("fresh");
  });

  it("R26 R30 a deleted one is missing once it can't be undeleted", async () => {
    const { at, phone, uploaded } = await aBackupInTime();
    await phone.call("DELETE", "v1/backups/android", { headers: { "if-match": etagOf(uploaded) } });
    const deleted = { state: "deleted", reasons: ["deleted"], indicator: "dot", nextStep: "undelete" };
    expect(await at(0)).toMatchObject(deleted);
    expect(await at(30, -1)).toMatchObject(deleted);
    expect(await at(30)).toMatchObject({ state: "missing", indicator: "dot", nextStep: "upload" });
  });
});

it("R28 clears the sign-in reason, and only that", async () => {
  let now = new Date();
  const app = anApp({ clock: () => now });
  const { owner, phone, uploaded } = await anOwnerWithBackup({ app });
  now = new Date(now.getTime() + 130 * DAY);
  await phone.signIn(owner, signInAt(now));
  expect((await read(phone)).reasons).toEqual(["sign-in-too-old", "upload-aging"]);
  const reply = await phone.call("POST", "v1/backups/android/confirm", {
    headers: { "if-match": etagOf(uploaded) },
  });
  expect(reply.status).toBe(200);
  expect(statusIn(reply)).toMatchObject({
    generation: 1,
    version: receiptIn(uploaded).version,
    staleness: { state: "aging", reasons: ["upload-aging"] },
  });
  expect(await read(phone)).toMatchObject({ reasons: ["upload-aging"], etag: etagOf(reply) });
});

it("R27 it is stale when the key version that sealed it is retired", async () => {
  const { owner, phone: old } = await anOwnerWithBackup();
  const { KEY_IDS = "" } = inject("surroundings").settings;
  const app = anApp({ settings: { RETIRED_KEY_IDS: KEY_IDS } });
  expect((await read(old)).state).toBe("fresh");
  const phone = await aRegisteredPhone(owner, { app });
  expect(await read(phone)).toMatchObject({
    state: "stale",
    reasons: ["key-retired"],
    indicator: "exclamation",
    nextStep: "upload",
  });
});

it("R17 gives the times of a device's registration, last change, recovery and revocation", async () => {
  let now = new Date();
  const app = anApp({ clock: () => now });
  const { owner, phone, uploaded } = await anOwnerWithBackup({ app });
  const own = async () => devicesIn(await phone.call("GET", "v1/devices"))[0];
  const after = (minutes: number) => {
    now = new Date(now.getTime() + minutes * 60_000);
    return now.toISOString();
  };
  const registeredAt = now.toISOString();
  expect(await own()).toMatchObject({ registeredAt, lastSeenAt: registeredAt });
  expect((await own())?.lastRecoveryAt).toBeUndefined();
  const uploadedAt = after(1);
  await upload(phone, { headers: { "if-match": etagOf(uploaded) } });
  expect(await own()).toMatchObject({ registeredAt, lastSeenAt: uploadedAt });
  const recoveredAt = after(1);
  await phone.call("POST", "v1/recoveries", recovering(phone));
  expect(await own()).toMatchObject({ registeredAt, lastSeenAt: recoveredAt, lastRecoveryAt: recoveredAt });
  const second = await aRegisteredPhone(owner, { app });
  const revokedAt = after(1);
  await revoke(phone, phone);
  const [revoked] = devicesIn(await second.call("GET", "v1/devices"));
  expect(revoked).toMatchObject({ id: phone.deviceId, revokedAt });
});
