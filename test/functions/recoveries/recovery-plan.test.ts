/** Plans, and repeated or cut-off recoveries: what an app may rely on when things go wrong. */

import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { Reply } from "../../../infra/local/phone.ts";
import { HOUR } from "../../../lib/domain/clock.ts";
import { PlannedAccount, RecoveryStatus } from "../../../lib/http/replies/recovery-status.ts";
import { aBackup, anAccount, replacing } from "../../support/builders.ts";
import { aPhone, type CheckedPhone } from "../../support/phones.ts";
import {
  anAppToWatch,
  aRecovery,
  bound,
  codeAt,
  credentialIn,
  proven,
  recover,
  recoveredIn,
  verify,
} from "../../support/step-up.ts";
import { refused } from "../helpers.ts";
import { storedOf } from "../stored.ts";

const Plan = z.object({
  id: z.string(),
  accounts: z.array(PlannedAccount),
  overlapping: z.array(z.string()),
});
const planIn = ({ body }: Reply) => Plan.parse(body);
const plan = (phone: CheckedPhone, change: object = {}) =>
  phone.call("POST", "v1/recovery-plans", {
    body: { platform: phone.platform, existingAccounts: [], ...change },
  });

describe.concurrent("a plan", () => {
  it("R12 says per account what a recovery would do and why, and changes nothing", async () => {
    const scene = await aRecovery();
    await proven(scene);
    const { owner, watched, document } = scene;
    const phone = await aPhone({ owner, app: watched.app });
    const before = await storedOf(owner);
    const reply = await plan(phone);
    expect(planIn(reply).accounts.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ["restore", "in-backup"],
      ["restore", "bound"],
      ["step-up", "work-account"],
      ["step-up", "work-account"],
    ]);
    const [third] = document.accounts;
    expect(JSON.stringify(reply.body)).not.toContain(third && "otp" in third ? third.otp.secret : "?");
    expect(await storedOf(owner)).toEqual(before);
    refused(await phone.call("GET", "v1/devices"), "device-unknown");
  });

  it("R18 tells contacts of unregistered devices before it opens anything: once an hour, however many keys they make", async () => {
    const { owner, watched } = await aRecovery();
    const asked = () =>
      watched
        .told()
        .filter(({ activity, recipients }) => activity.kind === "plan-requested" && recipients[0]);
    for (const _ of [1, 2, 3])
      expect((await plan(await aPhone({ owner, app: watched.app }))).status).toBe(200);
    expect(asked()).toHaveLength(1);
    watched.clock.pass(HOUR);
    expect((await plan(await aPhone({ owner, app: watched.app }))).status).toBe(200);
    expect(asked()).toHaveLength(2);
    expect(new Set(asked().map(({ activity }) => activity.id)).size).toBe(2);
    refused(await plan(await aPhone({ app: watched.app })), "backup-not-found");
    expect(asked()).toHaveLength(2);
  });

  it("R11 R12 names the accounts that the device has already, and those that would refuse the recovery", async () => {
    const { phone, document } = await aRecovery();
    const [third, personal] = document.accounts;
    if (third?.kind !== "third-party" || personal?.kind !== "personal") return expect.fail("other accounts");
    const { issuer, userName } = third;
    const existingAccounts = [bound(personal), { kind: "third-party", issuer, userName }];
    const { accounts, overlapping } = planIn(await plan(phone, { existingAccounts }));
    expect(accounts.map(({ outcome }) => outcome)).toEqual(["keep", "keep", "step-up", "step-up"]);
    expect(overlapping).toEqual(["/existingAccounts/0", "/existingAccounts/1"]);
  });

  it("R12 a recovery may name the plan that it saw: 409 with the new one if the backup changed since", async () => {
    const scene = await aRecovery();
    const { old, phone, document } = scene;
    const { id } = planIn(await plan(phone));
    const status = await old.call("GET", "v1/backups/android");
    const changed = aBackup([...document.accounts, anAccount()]);
    expect(
      (await old.call("PUT", "v1/backups/android", { body: changed, headers: replacing(status) })).status,
    ).toBe(200);
    const problem = refusedWithNames(await recover(phone, { plan: id }));
    expect(problem.plan?.accounts).toHaveLength(5);
    expect((await recover(phone, { plan: problem.plan?.id })).status).toBe(200);
  });

  it("R16 portable: third-party accounts come across, the rest by name; deny: the model's rule", async () => {
    const watched = anAppToWatch();
    const scene = await aRecovery({ watched });
    await proven(scene);
    const iphone = await aPhone({ owner: scene.owner, platform: "ios", app: watched.app });
    const { accounts } = planIn(await plan(iphone, { from: "android" }));
    expect(accounts.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ["restore", "in-backup"],
      ["step-up", "other-platform"],
      ["step-up", "other-platform"],
      ["step-up", "other-platform"],
    ]);
    expect((await recover(iphone, { from: "android" })).status).toBe(200);
    const denying = anAppToWatch({ clock: watched.clock.now, settings: { CROSS_PLATFORM_RECOVERY: "deny" } });
    const other = await aPhone({ owner: scene.owner, platform: "ios", app: denying.app });
    refused(await plan(other, { from: "android" }), "cross-platform-denied");
    refused(await recover(other, { from: "android" }), "cross-platform-denied");
    refused(await plan(other), "backup-not-found");
  });
});

/** The new plan names the owner's accounts, to the owner. */
function refusedWithNames({ status, body }: Reply) {
  expect(status).toBe(409);
  return z
    .looseObject({ plan: z.object({ id: z.string(), accounts: z.array(z.unknown()) }).optional() })
    .parse(body);
}

describe.concurrent("a recovery", () => {
  it("R12 R20 its record says per account how far it is", async () => {
    const scene = await aRecovery();
    const states = async () => {
      const { body } = await scene.phone.call("GET", `v1/recoveries/${scene.recovery}`);
      return RecoveryStatus.parse(body).accounts.map(({ state }) => state);
    };
    expect(await states()).toEqual(["restored", "step-up", "step-up", "step-up"]);
    await proven(scene);
    expect(await states()).toEqual(["restored", "credential-sent", "step-up", "step-up"]);
    const stranger = await aRecovery({ watched: scene.watched });
    refused(await stranger.phone.call("GET", `v1/recoveries/${scene.recovery}`), "recovery-not-found");
  });

  it("R8 R25 F25 repeated with its Idempotency-Key: the same accounts, no second credential, no second alarm", async () => {
    const scene = await aRecovery();
    await proven(scene);
    const { watched, owner, personal } = scene;
    const phone = await aPhone({ owner, app: watched.app });
    const key = { "idempotency-key": crypto.randomUUID() };
    const first = recoveredIn(await recover(phone, {}, key));
    const second = recoveredIn(await recover(phone, {}, key));
    expect(second.id).toBe(first.id);
    const withoutCredentials = first.accounts.map((account) => {
      const { credential: _, ...rest } = { credential: undefined, ...account };
      return rest;
    });
    expect(second.accounts).toEqual(withoutCredentials);
    expect(first.accounts[1]).toHaveProperty("credential");
    const alarms = watched.told().filter(({ activity }) => activity.recovery === first.id);
    expect(alarms).toHaveLength(1);
    const sent = credentialIn({
      ...(await recover(phone, {}, key)),
      body: {
        credential:
          first.accounts[1] && "credential" in first.accounts[1] ? first.accounts[1].credential : undefined,
      },
    });
    const verdict = await verify(scene, personal, codeAt(sent.uri ?? "", watched.clock.now()));
    expect(verdict.body).toEqual({ valid: true, device: phone.deviceId });
    refused(await recover(phone, { overlap: "keep-existing" }, key), "idempotency-key-reused");
    const elsewhere = await aPhone({ owner, app: watched.app });
    expect(recoveredIn(await recover(elsewhere, {}, key)).id).not.toBe(first.id);
  });

  it("R8 R25 twenty at once with one Idempotency-Key: one recovery, and the returned credential counts", async () => {
    const scene = await aRecovery();
    await proven(scene);
    const { watched, owner, personal } = scene;
    const phone = await aPhone({ owner, app: watched.app });
    const key = { "idempotency-key": crypto.randomUUID() };
    watched.clock.pass(131_000);
    const replies = await Promise.all(Array.from({ length: 20 }, () => recover(phone, {}, key)));
    const done = replies.filter(({ status }) => status === 200).map(recoveredIn);
    expect(done.length).toBeGreaterThanOrEqual(1);
    for (const { status } of replies) expect([200, 503]).toContain(status);
    expect(new Set(done.map(({ id }) => id)).size).toBe(1);
    const told = done.flatMap(({ accounts }) =>
      accounts.flatMap((account) =>
        "credential" in account && account.credential ? [account.credential.uri] : [],
      ),
    );
    expect(told).toHaveLength(1);
    const verdict = await verify(scene, personal, codeAt(told[0] ?? "", watched.clock.now()));
    expect(verdict.body).toEqual({ valid: true, device: phone.deviceId });
  });

  it("R15 R17 a revoked device's credentials stay ended, whatever it still had in progress", async () => {
    const scene = await aRecovery();
    await proven(scene);
    await scene.old.call("DELETE", `v1/devices/${scene.phone.deviceId}`);
    const renew = await scene.phone.call("POST", `v1/recoveries/${scene.recovery}/credentials`, {
      body: { account: bound(scene.personal) },
    });
    refused(renew, "device-revoked");
  });
});
