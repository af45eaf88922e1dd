/** Why can't I restore? The diagnosis explains every refusal of a recovery, with a remedy. */
/** It tells nothing about others. */

import { CompactEncrypt } from "jose";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { recoverAccounts } from "../../../functions/recoveries/recover-accounts.ts";
import type { Reply } from "../../../infra/local/phone.ts";
import { DAY } from "../../../lib/domain/clock.ts";
import { problemsOf } from "../../../lib/http/pipeline/endpoint.ts";
import { Problem, typeOf } from "../../../lib/http/problems/problem.ts";
import { Check } from "../../../lib/http/replies/diagnosis.ts";
import { aBackup, aLargeBackup, nothingYet, replacing } from "../../support/builders.ts";
import { anAppWithDamage } from "../../support/damage.ts";
import { FaultLine } from "../../support/fault-line.ts";
import { anOwner, aPhone, type CheckedPhone, signInAt } from "../../support/phones.ts";
import { anAppToWatch, recover } from "../../support/step-up.ts";
import { placeOf, sweep } from "../../support/sweeping.ts";
import { unsent } from "../../support/unsent.ts";
import { anOwnerWithBackup, aRegisteredPhone, revoke, upload } from "../helpers.ts";

const Diagnosis = z.object({ recoverable: z.boolean(), checks: z.array(Check) });
type Asked = { from?: string; existingAccounts?: object[]; envelope?: string };
const diagnosisIn = ({ body }: Reply) => Diagnosis.parse(body);

const ask = async (phone: CheckedPhone, asked: Asked = {}, headers: Record<string, string> = {}) => {
  const reply = await phone.call("POST", `v1/backups/${phone.platform}/diagnosis`, { body: asked, headers });
  expect(reply.status, JSON.stringify(reply.body)).toBe(200);
  return diagnosisIn(reply);
};

/**
 * Problems without a check: faults of the request itself, temporary ones, and those that come with a plan.
 */
const UNCHECKED = [
  ...["unexpected", "invalid-request", "not-signed-in", "proof-invalid", "clock-skewed"],
  ...["device-revoked", "device-suspended"],
  ...["body-required", "length-required", "body-too-large", "unsupported-media-type"],
  ...["identity-unavailable", "storage-unavailable", "busy"],
  ...["recovery-ended", "plan-outdated", "idempotency-key-reused", "too-many-accounts", "not-in-this-mode"],
  // Only if another owner proves the account between the recovery's check and its credential.
  "account-bound-elsewhere",
];
const explained = new Set<string>();

/** The recovery is refused, and the diagnosis has a failed check for that very problem. */
async function expectExplained(phone: CheckedPhone, asked: Asked = {}, headers: Record<string, string> = {}) {
  const refusal = Problem.parse((await recover(phone, asked, headers)).body);
  const { recoverable, checks } = await ask(phone, asked, headers);
  const failed = checks.filter(({ state }) => state === "failed");
  expect({ recoverable }).toEqual({ recoverable: false });
  expect(failed.map(({ problem }) => problem)).toContain(refusal.type);
  for (const each of failed) expect(each.remedy).not.toBe("");
  explained.add(refusal.type);
  return failed;
}

describe.concurrent("a diagnosis", () => {
  it("R31 says that all is well, if it is", async () => {
    const { owner } = await anOwnerWithBackup();
    const { recoverable, checks } = await ask(await aPhone({ owner }));
    expect({ recoverable }).toEqual({ recoverable: true });
    expect(new Set(checks.map(({ state }) => state))).toEqual(new Set(["ok"]));
  });

  it("R18 R31 by an unregistered device is told first, once an hour; by a registered one, never", async () => {
    const watched = anAppToWatch();
    const { owner, phone } = await anOwnerWithBackup({ app: watched.app });
    await ask(phone);
    expect(watched.told()).toEqual([]);
    const thief = await aPhone({ owner, app: watched.app });
    const { checks } = await unsent(watched, () => ask(thief));
    expect(checks.find(({ id }) => id === "content")).toMatchObject({ state: "failed" });
    expect(checks.map(({ id }) => id)).not.toContain("overlap");
    for (const by of [thief, await aPhone({ owner, app: watched.app })]) await ask(by);
    expect(watched.told().map(({ activity }) => activity.kind)).toEqual(["plan-requested"]);
  });

  it("R31 R49 if the token lacks the sign-in time, says so and what to do, and nothing else", async () => {
    const { owner } = await anOwnerWithBackup();
    const phone = await aPhone({ owner });
    await phone.signIn(owner, { authTime: null });
    const [failed] = await expectExplained(phone);
    const [detail, remedy] = [expect.stringContaining("auth_time"), expect.stringContaining("IDENTITY.md")];
    expect(failed).toMatchObject({
      id: "sign-in",
      problem: "/api/problems/sign-in-time-missing",
      detail,
      remedy,
    });
    expect((await ask(phone)).checks.map(({ id }) => id)).toEqual(["sign-in", "app-version"]);
  });

  it("R31 R33 without a fresh sign-in says only that it is needed", async () => {
    const { owner } = await anOwnerWithBackup();
    const phone = await aPhone({ owner, authTime: new Date(Date.now() - 3_600_000) });
    const [failed] = await expectExplained(phone);
    expect(failed?.id).toBe("sign-in");
    expect((await ask(phone)).checks.map(({ id }) => id)).toEqual(["sign-in", "app-version"]);
  });

  it("R31 R4 a wrong app version", async () => {
    const { owner } = await anOwnerWithBackup();
    const [failed] = await expectExplained(await aPhone({ owner }), {}, { "app-version": "android/1.0.0" });
    expect(failed?.id).toBe("app-version");
  });

  it("R31 no backup on this platform, but one on the other", async () => {
    const { owner } = await anOwnerWithBackup();
    const [failed] = await expectExplained(await aPhone({ owner, platform: "ios" }));
    expect(failed).toMatchObject({ id: "backup", absence: "other-platform", from: "android" });
    expect(failed?.remedy).toContain('"from": "android"');
    const { recoverable } = await ask(await aPhone({ owner, platform: "ios" }), { from: "android" });
    expect({ recoverable }).toEqual({ recoverable: true });
  });

  it("R31 R33 signed in with another recovery account: says so, and not whose backups exist", async () => {
    await anOwnerWithBackup();
    const phones = [await aPhone(), await aPhone()];
    const told = await Promise.all(phones.map((phone) => expectExplained(phone)));
    expect(told[0]).toEqual(told[1]);
    expect(told[0]?.[0]).toMatchObject({ id: "backup", absence: "other-account" });
    expect(told[0]?.[0]?.remedy).toContain("another");
  });

  it("R31 R30 deleted, until when it can be undeleted; later, gone", async () => {
    const watched = anAppToWatch();
    const { app, clock } = watched;
    const { owner, phone, uploaded } = await anOwnerWithBackup({ app });
    await phone.call("DELETE", "v1/backups/android", { headers: replacing(uploaded) });
    const until = new Date(clock.now().getTime() + 30 * DAY).toISOString();
    const [deleted] = await expectExplained(await aPhone({ owner, app }));
    expect(deleted).toMatchObject({ id: "backup", absence: "deleted", undeletableUntil: until });
    expect(deleted?.remedy).toContain(until);
    clock.pass(30 * DAY);
    for (const purge of [false, true]) {
      if (purge) expect(await sweep(watched, "owners", owner)).toMatchObject({ handled: 1 });
      const [gone] = await expectExplained(await aPhone({ owner, app }));
      expect(gone).toMatchObject({ id: "backup", absence: "purged" });
      expect(gone?.remedy).toMatch(/[Uu]pload/);
      expect(gone?.remedy).not.toMatch(/undelete|another/);
    }
    await upload(await aRegisteredPhone(owner, { app, platform: "ios" }));
    const [elsewhere] = await expectExplained(await aPhone({ owner, app }));
    expect(elsewhere?.absence).toBe("other-platform");
  });

  it("R31 R11 overlap with accounts on the device", async () => {
    const document = aBackup();
    const { owner } = await anOwnerWithBackup({ document });
    const existingAccounts = document.accounts
      .slice(0, 1)
      .map(({ kind, issuer, userName }) => ({ kind, issuer, userName }));
    const [failed] = await expectExplained(await aPhone({ owner }), { existingAccounts });
    expect(failed).toMatchObject({ id: "overlap", overlapping: ["/existingAccounts/0"] });
  });

  it("R31 R5 an envelope that is missing, damaged, or of a former version", async () => {
    const owner = anOwner();
    const phone = await aPhone({ owner, platform: "ios" });
    const first = await phone.call("PUT", "v1/backups/ios", { body: aBackup(), headers: nothingYet });
    await phone.call("PUT", "v1/backups/ios", { body: aBackup(), headers: replacing(first) });
    const { envelope } = z.looseObject({ envelope: z.string() }).parse(first.body);
    const newer = await aPhone({ owner, platform: "ios" });
    for (const asked of [{}, { envelope: "damaged" }, { envelope }]) {
      expect((await expectExplained(newer, asked))[0]?.id).toBe("content");
    }
  });

  it("R31 R16 R17 the other platform's backup if that is denied, and a device of the other platform", async () => {
    const { app } = anAppToWatch({ settings: { CROSS_PLATFORM_RECOVERY: "deny" } });
    const { owner } = await anOwnerWithBackup({ app });
    const iphone = await aPhone({ owner, platform: "ios", app });
    expect((await expectExplained(iphone, { from: "android" }))[0]?.id).toBe("platform");
  });

  it("R31 R32 too many recoveries of a device's own, and a vault that doesn't answer, but not many devices", async () => {
    const line = new FaultLine({ stays: true });
    const { app } = anAppToWatch({ keys: line.keys });
    const { owner, phone } = await anOwnerWithBackup({ app });
    line.arm({ how: "refused", at: 1, of: /^unwrap/ });
    const [failed] = await expectExplained(await aPhone({ owner, app }));
    expect(failed).toMatchObject({ id: "content", retry: "as-is" });
    line.arm(undefined);
    for (let n = 0; n < 20; n++) await recover(phone);
    expect((await expectExplained(phone))[0]?.id).toBe("limits");
    for (let n = 0; n < 29; n++) await aRegisteredPhone(owner, { app });
    expect(await ask(await aPhone({ owner, app }))).toMatchObject({ recoverable: true });
  });

  it("R31 R39 damage, and nothing else, to any device, even a revoked one", async () => {
    const { app, damage } = anAppWithDamage();
    const { owner, phone } = await anOwnerWithBackup({ app });
    const iphone = await aRegisteredPhone(owner, { app, platform: "ios" });
    const [revoked, unregistered] = [await aRegisteredPhone(owner, { app }), await aPhone({ owner, app })];
    await revoke(phone, revoked);
    damage(`owners/${placeOf(owner).owner}`);
    for (const by of [phone, iphone, unregistered, revoked]) {
      const failed = await expectExplained(by);
      expect(failed).toMatchObject([{ id: "backup", retry: "never" }]);
      const ids = (await ask(by, { from: "android" })).checks.map(({ id }) => id);
      expect(ids).toEqual(["sign-in", "app-version", "backup"]);
    }
    const late = await aPhone({ owner, app, authTime: new Date(Date.now() - 3_600_000) });
    expect((await ask(late)).checks.map(({ id }) => id)).toEqual(["sign-in", "app-version"]);
  });

  it("R31 R39 a damaged version", async () => {
    const { app, damage } = anAppWithDamage();
    const { owner, phone } = await anOwnerWithBackup({ app, document: aLargeBackup() });
    damage(`bodies/${placeOf(owner).owner}/`);
    expect(await expectExplained(phone)).toMatchObject([{ id: "content", retry: "never" }]);
  });

  it("R31 R9 doesn't claim that nothing overlaps if it could read nothing", async () => {
    const owner = anOwner();
    const phone = await aPhone({ owner });
    const sealed = await new CompactEncrypt(Buffer.from("canary"))
      .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
      .encrypt(crypto.getRandomValues(new Uint8Array(32)));
    const headers = { ...nothingYet, "content-type": "application/jose" };
    expect((await phone.call("PUT", "v1/backups/android", { body: sealed, headers })).status).toBe(201);
    const { recoverable, checks } = await ask(phone);
    expect({ recoverable }).toEqual({ recoverable: true });
    expect(checks.find(({ id }) => id === "overlap")?.state).toBe("warning");
  });

  it("R31 R27 a stale backup can be recovered, with a warning", async () => {
    const { app, clock } = anAppToWatch();
    const { owner } = await anOwnerWithBackup({ app });
    clock.pass(100 * DAY);
    const phone = await aPhone({ owner, app });
    await phone.signIn(owner, signInAt(clock.now()));
    const { recoverable, checks } = await ask(phone);
    expect({ recoverable }).toEqual({ recoverable: true });
    expect(checks.find(({ id }) => id === "staleness")?.state).toBe("warning");
  });
});

it("R31 has explained every problem that a recovery declares", () => {
  const declared = problemsOf(recoverAccounts).filter((kind) => !UNCHECKED.includes(kind));
  expect([...explained].sort()).toEqual(declared.map(typeOf).sort());
});
