/** Refused uploads over HTTP: staleness tells since when, and nothing else changes (R32). */
import { describe, expect, it, vi } from "vitest";
import type { Blobs } from "../../../lib/azure/stores/blobs.ts";
import { anApp } from "../../support/app.ts";
import { aBackup, replacing } from "../../support/builders.ts";
import { aPhone, type CheckedPhone } from "../../support/phones.ts";
import {
  anOwnerWithBackup,
  aRegisteredPhone,
  refused,
  revoke,
  stalenessIn,
  statusesOf,
  statusIn,
  upload,
} from "../helpers.ts";
import { rawCall } from "../raw.ts";
import { storedOf } from "../stored.ts";

const PATH = "v1/backups/android";
const odd = { accounts: [{ kind: "canary" }], settings: {} };
const put = (phone: CheckedPhone, body: unknown, headers: Record<string, string>) =>
  phone.call("PUT", PATH, { body, headers });
const putOdd = (phone: CheckedPhone) => put(phone, odd, { "if-match": '"known"' });
const staleness = async (phone: CheckedPhone) => stalenessIn(await phone.call("GET", `${PATH}/staleness`));
const fresh = { state: "fresh", reasons: [] };
const told = { state: "aging", reasons: ["uploads-refused"], indicator: "exclamation", nextStep: "upload" };

/** An instance whose storage the test watches, and can break. */
function aWatchedApp() {
  const written: string[] = [];
  let isBroken: "not" | "failing" | "hanging" = "not";
  const through = (blobs: Blobs): Blobs => ({
    ...blobs,
    write: async (name, ...rest) => {
      written.push(name);
      if (isBroken === "failing") throw new Error("canary: the storage is broken");
      if (isBroken === "hanging") return await new Promise<undefined>(() => undefined);
      return await blobs.write(name, ...rest);
    },
  });
  let now = new Date();
  const app = anApp({ through, clock: () => now });
  return {
    app,
    written,
    break: (how: typeof isBroken) => {
      isBroken = how;
    },
    pass: (hours: number) => {
      now = new Date(now.getTime() + hours * 3_600_000);
    },
  };
}

describe.concurrent("a refused upload", () => {
  it("R32 is reported by staleness and status to every device of the owner, until one is accepted", async () => {
    const { owner, phone, uploaded } = await anOwnerWithBackup();
    const second = await aRegisteredPhone(owner);
    const before = Date.now();
    refused(await putOdd(phone), "invalid-request");
    const since = await staleness(phone);
    expect(since).toMatchObject(told);
    expect(Date.parse(since.refusedSince ?? "")).toBeGreaterThanOrEqual(before);
    expect(await staleness(second)).toMatchObject({ ...told, refusedSince: since.refusedSince });
    expect(statusIn(await phone.call("GET", PATH)).staleness).toMatchObject(told);
    const { etag } = await staleness(phone);
    await upload(phone, { headers: { "if-match": etag ?? "" } });
    expect(await staleness(phone)).toMatchObject(fresh);
    expect(await staleness(phone)).not.toHaveProperty("refusedSince");
    expect(uploaded.status).toBe(201);
  });

  it("R7 R32 doesn't outdate the ETag that the app has", async () => {
    const { phone, uploaded } = await anOwnerWithBackup();
    refused(await putOdd(phone), "invalid-request");
    expect((await staleness(phone)).etag).toBe(replacing(uploaded)["if-match"]);
    const next = await put(phone, aBackup(), replacing(uploaded));
    expect(next.status).toBe(200);
    refused(await put(phone, aBackup(), replacing(uploaded)), "stale-precondition");
    expect((await put(phone, aBackup(), replacing(next))).status).toBe(200);
  });

  it("R7 R32 of two devices racing with the earlier state exactly one wins", async () => {
    const { owner, phone } = await anOwnerWithBackup();
    const second = await aRegisteredPhone(owner);
    const { etag = "" } = await staleness(phone);
    const known = { "if-match": etag };
    const replies = await Promise.all([
      putOdd(phone),
      putOdd(second),
      put(phone, aBackup(), known),
      put(second, aBackup(), known),
    ]);
    expect(statusesOf(replies.slice(2))).toEqual([200, 412]);
    expect((await staleness(phone)).generation).toBe(2);
  });

  it("R32 counts faults in the content, not faults of time or sender", async () => {
    const sent: [string, (phone: CheckedPhone) => Promise<{ status: number }>, number, boolean][] = [
      [
        "no JSON",
        (phone) => rawCall(phone, "PUT", PATH, { body: "{", headers: { "if-match": '"a"' } }),
        400,
        true,
      ],
      [
        "nothing",
        (phone) => rawCall(phone, "PUT", PATH, { body: "", headers: { "if-match": '"a"' } }),
        400,
        true,
      ],
      ["too much", (phone) => put(phone, "x".repeat(1_100_000), { "if-match": '"a"' }), 413, true],
      [
        "another type",
        (phone) => put(phone, odd, { "if-match": '"a"', "content-type": "text/plain" }),
        415,
        true,
      ],
      ["an outdated ETag", (phone) => put(phone, aBackup(), { "if-match": '"a"' }), 412, false],
      ["no ETag", (phone) => put(phone, odd, {}), 428, false],
    ];
    for (const [name, send, status, isNoted] of sent) {
      const { phone } = await anOwnerWithBackup();
      expect((await send(phone)).status, name).toBe(status);
      expect((await staleness(phone)).reasons, name).toEqual(isNoted ? ["uploads-refused"] : []);
    }
  });

  it("R17 R32 writes nothing for a device that is unregistered, revoked, or can't prove its key", async () => {
    const { owner, phone } = await anOwnerWithBackup();
    const ended = await aRegisteredPhone(owner);
    await revoke(phone, ended);
    const stranger = await aPhone({ owner });
    const before = await storedOf(owner);
    for (const each of [stranger, ended]) expect((await putOdd(each)).status).toBeGreaterThanOrEqual(400);
    const headers = { "if-match": '"a"', dpop: "none" };
    expect((await phone.call("PUT", PATH, { body: odd, headers })).status).toBe(401);
    expect(await storedOf(owner)).toEqual(before);
  });

  it("R32 is written once a day and device, however often it happens", async () => {
    const { app, written, pass } = aWatchedApp();
    const { phone } = await anOwnerWithBackup({ app });
    const writes = async (times: number) => {
      const before = written.length;
      for (let n = 0; n < times; n++) refused(await putOdd(phone), "invalid-request");
      return written.length - before;
    };
    expect(await writes(5)).toBe(1);
    const { etag = "" } = await staleness(phone);
    await upload(phone, { headers: { "if-match": etag } });
    expect(await writes(3)).toBe(0);
    pass(0.5);
    expect(await writes(1)).toBe(0);
  });

  it("R32 is answered in the same way and time if the note can't be written", async () => {
    const { app, ...watched } = aWatchedApp();
    const { phone } = await anOwnerWithBackup({ app });
    for (const how of ["failing", "hanging"] as const) {
      watched.break(how);
      const startedAt = performance.now();
      const problem = refused(await putOdd(phone), "invalid-request");
      expect(problem.errors).toHaveLength(1);
      expect(performance.now() - startedAt, how).toBeLessThan(3000);
    }
    watched.break("not");
    expect(await staleness(phone)).toMatchObject(fresh);
    refused(await putOdd(phone), "invalid-request");
    await vi.waitFor(async () => expect(await staleness(phone)).toMatchObject(told), 10_000);
  });

  it("R32 names every bad entry, so that the app can leave those out", async () => {
    const { phone, uploaded } = await anOwnerWithBackup();
    const { accounts, settings } = aBackup();
    const bad = Array.from({ length: 40 }, () => ({ ...accounts[0], otp: { type: "canary" } }));
    const mixed = { accounts: [...bad, ...accounts], settings };
    const { errors, errorsTotal } = refused(await put(phone, mixed, replacing(uploaded)), "invalid-request");
    expect(errorsTotal).toBe(40);
    const places = errors?.map(({ at }) => Number(at.split("/")[2])) ?? [];
    expect(places).toEqual(Array.from({ length: 40 }, (_, at) => at));
    const left = { accounts: mixed.accounts.filter((_, at) => !places.includes(at)), settings };
    expect((await put(phone, left, replacing(uploaded))).status).toBe(200);
    expect(await staleness(phone)).toMatchObject(fresh);
  });
});
