/** GET v1/backups/{platform}/staleness: the state over time, and roll-backs devices notice (R26, R27). */
import { describe, expect, it } from "vitest";
import { anOwner, type CheckedPhone } from "../../support/phones.ts";
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
} from "../helpers.ts";

const ask = (phone: CheckedPhone, query = "") => phone.call("GET", `v1/backups/android/staleness${query}`);
const read = async (phone: CheckedPhone, query = "") => stalenessIn(await ask(phone, query));

it("R26 it is missing if the owner has only devices", async () => {
  const phone = await aRegisteredPhone(anOwner());
  const missing = { state: "missing", reasons: ["never-uploaded"], indicator: "dot", nextStep: "upload" };
  expect(await read(phone)).toMatchObject({ ...missing, generation: 0 });
  expect(stalenessIn(await phone.call("GET", "v1/backups/ios/staleness"))).toEqual({
    ...missing,
    generation: 0,
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

  it("R27 a digest without its generation is refused, not ignored", async () => {
    const { phone } = await anOwnerWithBackup();
    const { status, body } = await ask(phone, `?digest=${"A".repeat(43)}`);
    expect({ status, body: JSON.stringify(body) }).not.toEqual({
      status: 200,
      body: expect.stringContaining('"fresh"'),
    });
  });
});

it("R41 refuses a malformed generation or digest, and an unknown parameter", async () => {
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

it("R7 during uploads gives one state, never a mixture", async () => {
  const { phone, uploaded } = await anOwnerWithBackup();
  const asking = Array.from({ length: 8 }, () => read(phone));
  const [second, ...told] = await Promise.all([
    upload(phone, { headers: { "if-match": etagOf(uploaded) } }),
    ...asking,
  ]);
  const states = [uploaded, second].map((reply) => ({
    etag: etagOf(reply),
    digest: receiptIn(reply).version.digest,
  }));
  for (const { etag, digest, generation } of told) expect({ etag, digest }).toEqual(states[generation - 1]);
});
