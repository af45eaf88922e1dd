/** GET v1/backups/{platform}/staleness: the state over time, and roll-backs that the device notices (R26, R27). */
import { describe, expect, inject, it } from "vitest";
import type { Blobs } from "../../lib/azure/blobs.ts";
import { anApp } from "../support/app.ts";
import { anOwner, type CheckedPhone, signInAt } from "../support/phones.ts";
import {
  anOwnerWithBackup,
  aRegisteredPhone,
  etagOf,
  expectEachRefused,
  expectRefused,
  placesIn,
  receiptIn,
  stalenessIn,
  upload,
} from "./helpers.ts";

const DAY = 86_400_000;
const ask = (phone: CheckedPhone, query = "") => phone.call("GET", `v1/backups/android/staleness${query}`);
const read = async (phone: CheckedPhone, query = "") => stalenessIn(await ask(phone, query));

describe("over time", () => {
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

  it("R27 tells all reasons, the one to act on first", async () => {
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

  it("R26 R30 a deleted one is missing once it can't be brought back", async () => {
    const { at, phone, uploaded } = await aBackupInTime();
    await phone.call("DELETE", "v1/backups/android", { headers: { "if-match": etagOf(uploaded) } });
    const deleted = { state: "deleted", reasons: ["deleted"], indicator: "dot", nextStep: "undelete" };
    expect(await at(0)).toMatchObject(deleted);
    expect(await at(30, -1)).toMatchObject(deleted);
    expect(await at(30)).toMatchObject({ state: "missing", indicator: "dot", nextStep: "upload" });
  });
});

it("R26 it is missing where the owner has devices only", async () => {
  const phone = await aRegisteredPhone(anOwner());
  const missing = { state: "missing", reasons: ["never-uploaded"], indicator: "dot", nextStep: "upload" };
  expect(await read(phone)).toMatchObject({ ...missing, generation: 0 });
  expect(stalenessIn(await phone.call("GET", "v1/backups/ios/staleness"))).toEqual({
    ...missing,
    generation: 0,
  });
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

describe("roll-back", () => {
  const rolledBack = { reasons: ["rolled-back"], indicator: "exclamation", nextStep: "upload" };

  it("R27 a device that knows a newer generation notices it", async () => {
    const { phone } = await anOwnerWithBackup();
    expect(await read(phone, "?generation=2")).toMatchObject({
      ...rolledBack,
      state: "stale",
      generation: 1,
    });
    for (const known of ["0", "1", "001"]) {
      expect((await read(phone, `?generation=${known}`)).state, known).toBe("fresh");
    }
  });

  it("R27 a device that knows another digest of this generation notices it", async () => {
    const { phone, uploaded } = await anOwnerWithBackup();
    const { digest } = receiptIn(uploaded).version;
    const other = "A".repeat(43);
    expect(await read(phone, `?generation=1&digest=${other}`)).toMatchObject({
      ...rolledBack,
      state: "stale",
    });
    expect((await read(phone, `?generation=1&digest=${digest}`)).state).toBe("fresh");
    const second = await upload(phone, { headers: { "if-match": etagOf(uploaded) } });
    expect((await read(phone, `?generation=1&digest=${digest}`)).state).toBe("fresh");
    expect(await read(phone, `?generation=2&digest=${digest}`)).toMatchObject(rolledBack);
    expect(await read(phone)).toMatchObject({ digest: receiptIn(second).version.digest });
  });

  it("R27 a backup that is gone altogether is noticed too", async () => {
    const phone = await aRegisteredPhone(anOwner());
    expect(await read(phone, "?generation=1")).toMatchObject({
      state: "missing",
      reasons: ["rolled-back", "never-uploaded"],
      indicator: "exclamation",
    });
  });

  it("R27 a digest without its generation is not passed over in silence", async () => {
    const { phone } = await anOwnerWithBackup();
    const { status, body } = await ask(phone, `?digest=${"A".repeat(43)}`);
    expect([status, JSON.stringify(body)]).not.toEqual([200, expect.stringContaining('"fresh"')]);
  });
});

it("R41 refuses what is no generation, digest or known parameter, repeated ones too", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  const digest = "A".repeat(43);
  const bad = {
    generation: ["-1", "1.5", "1e3", "1234567890", "", "canary", "0x1"],
    digest: ["canary", `${digest}=`, digest.slice(1), `${digest}A`],
    canry: ["1"],
  };
  for (const [name, values] of Object.entries(bad)) {
    const calls = values.map((value) => [value, () => ask(phone, `?${name}=${value}`)] as const);
    const told = await expectEachRefused(owner, "invalid-request", Object.fromEntries(calls));
    for (const problem of told) expect(placesIn(problem)).toEqual([`query parameter ${name}`]);
  }
});

it("R41 refuses a repeated query parameter", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  const call = () => ask(phone, "?generation=9&generation=1");
  const problem = await expectRefused(owner, "invalid-request", call);
  expect(placesIn(problem)).toEqual(["query parameter generation"]);
});

it("R41 refuses an unknown platform", async () => {
  const { owner, phone } = await anOwnerWithBackup();
  const call = () => phone.call("GET", "v1/backups/windows/staleness");
  const problem = await expectRefused(owner, "invalid-request", call);
  expect(placesIn(problem)).toEqual(["path parameter platform"]);
});

it("R26 R37 costs one small read once the owner's key is known, no write and no vault call", async () => {
  const calls: string[] = [];
  const through = (blobs: Blobs): Blobs => ({
    async read(name) {
      calls.push(`read ${name.split("/")[0]}`);
      return await blobs.read(name);
    },
    async write(name, ...rest) {
      calls.push(`write ${name.split("/")[0]}`);
      return await blobs.write(name, ...rest);
    },
  });
  const keys = () => ({ current: () => expect.fail("vault"), unwrap: () => expect.fail("vault") });
  const { owner } = await anOwnerWithBackup();
  const phone = await aRegisteredPhone(owner, { app: anApp({ through, keys }) });
  calls.length = 0;
  expect((await ask(phone)).status).toBe(200);
  expect(calls).toEqual(["read heads"]);
});

it("R7 beside uploads tells one state, never a mixture", async () => {
  const { phone, uploaded } = await anOwnerWithBackup();
  const asking = Array.from({ length: 8 }, () => read(phone));
  const [second, ...told] = await Promise.all([
    upload(phone, { headers: { "if-match": etagOf(uploaded) } }),
    ...asking,
  ]);
  const states = [uploaded, second].map((reply) => [etagOf(reply), receiptIn(reply).version.digest]);
  for (const { etag, digest, generation } of told) expect([etag, digest]).toEqual(states[generation - 1]);
});
