/** An owner's rights: to see what happened, to export everything, and to have it erased. */

import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { Reply } from "../../../infra/local/phone.ts";
import { HOUR, later, SECOND } from "../../../lib/domain/clock.ts";
import type { FailureKind } from "../../../lib/domain/failure.ts";
import { LOGGED } from "../../../lib/domain/step-up/failed-step-up.ts";
import { aLargeBackup, replacing } from "../../support/builders.ts";
import { anAppWithDamage } from "../../support/damage.ts";
import { deliverAll } from "../../support/delivering.ts";
import { signInAt } from "../../support/phones.ts";
import { aPushKey } from "../../support/push-key.ts";
import { storageSilent, vaultSilent } from "../../support/silent.ts";
import {
  anAppToWatch,
  answer,
  aProvablePersonal,
  aRecovery,
  bound,
  proven,
  type Recovery,
  start,
  startedIn,
  wrongOf,
} from "../../support/step-up.ts";
import { placeOf } from "../../support/sweeping.ts";
import { anAccountToken, anAccountTokenWithoutTime } from "../../support/tokens.ts";
import { anOwnerWithBackup, aRegisteredPhone, receiptIn, refused, upload } from "../helpers.ts";

const Page = z.object({
  entries: z.array(z.object({ kind: z.string() })),
  intact: z.boolean(),
  next: z.number().optional(),
});
const Exported = z.looseObject({
  backups: z.array(
    z.looseObject({
      versions: z.array(
        z.looseObject({ content: z.unknown().optional(), unreadable: z.literal(true).optional() }),
      ),
    }),
  ),
});
const versionsIn = ({ body }: Reply) => Exported.parse(body).backups.flatMap(({ versions }) => versions);
/** `entries`: how many the log has of three in a row. */
type Failing = { kind: FailureKind; entries: number; fail(scene: Recovery): Promise<Reply> };

const startAs = async (scene: Recovery, userName: string, secondsAgo = 0) =>
  await start(scene, {
    token: await anAccountToken(userName, later(scene.watched.clock.now(), -secondsAgo * SECOND)),
  });

async function answerWrongly(scene: Recovery): Promise<Reply> {
  const { id } = startedIn(await start(scene));
  return await answer(scene.phone, id, { code: wrongOf(scene.watched.lastCode()) });
}

const failing: Record<string, Failing> = {
  "a wrong code": { kind: "answer-wrong", entries: 3, fail: answerWrongly },
  "an unknown ticket": {
    kind: "ticket-invalid",
    entries: 3,
    async fail(scene) {
      const { id } = startedIn(await start(scene, { account: scene.work }));
      return await answer(scene.phone, id, { ticket: "0000-0000-0000-0000-0000-0000-0000" });
    },
  },
  "a code while waiting": {
    kind: "too-many-tries",
    entries: 5 + 1,
    async fail(scene) {
      const started = await start(scene);
      if (started.status !== 201) return started;
      const { id } = startedIn(started);
      const code = wrongOf(scene.watched.lastCode());
      for (let n = 0; n < 5; n++) await answer(scene.phone, id, { code });
      return await start(scene);
    },
  },
  "another account's sign-in": {
    kind: "account-not-proven",
    entries: 1,
    fail: (scene) => startAs(scene, "other@personal.example"),
  },
  "a forged sign-in": {
    kind: "account-sign-in-required",
    entries: 1,
    fail: (scene) => start(scene, { token: "forged" }),
  },
  "a sign-in whose time isn't told": {
    kind: "sign-in-time-missing",
    entries: 1,
    fail: async (scene) => start(scene, { token: await anAccountTokenWithoutTime(scene.personal.userName) }),
  },
  "a sign-in that is too old": {
    kind: "account-sign-in-required",
    entries: 1,
    fail: (scene) => startAs(scene, scene.personal.userName, 301),
  },
};

async function failedIn({ phone }: Recovery): Promise<number> {
  const { entries, intact } = pageIn(await phone.call("GET", "v1/activity"));
  expect({ intact }).toEqual({ intact: true });
  return entries.filter(({ kind }) => kind === "step-up-failed").length;
}

const pageIn = ({ body }: Reply) => Page.parse(body);

describe.concurrent("the activity log", () => {
  it("R35 F29 lists every recovery, credential and failed step-up, newest first", async () => {
    const scene = await aRecovery();
    const { clock } = scene.watched;
    clock.pass(SECOND);
    const { id } = z.object({ id: z.string() }).parse((await start(scene)).body);
    await answer(scene.phone, id, { code: scene.watched.lastCode() === "000000" ? "000001" : "000000" });
    clock.pass(SECOND);
    await answer(scene.phone, id, { code: scene.watched.lastCode() });
    await deliverAll(scene);
    const { entries, intact } = pageIn(await scene.phone.call("GET", "v1/activity"));
    expect({ intact }).toEqual({ intact: true });
    expect(entries.map(({ kind }) => kind)).toEqual([
      "credential-issued",
      "step-up-failed",
      "recovery-requested",
      "contact-added",
    ]);
  });

  it.each(Object.keys(failing))("R35 F29 has each failed step-up: %s", async (name) => {
    const scene = await aRecovery();
    const { kind, entries, fail } = failing[name] ?? expect.fail();
    for (const _ of [1, 2, 3]) refused(await fail(scene), kind);
    await deliverAll(scene);
    expect(await failedIn(scene)).toBe(entries);
  });

  it("R35 F29 logs failures that can be repeated endlessly once an hour", async () => {
    const scene = await aRecovery();
    const forged = failing["a forged sign-in"]?.fail ?? expect.fail();
    for (const known of [1, 2]) {
      refused(await forged(scene), "account-sign-in-required");
      await deliverAll(scene);
      expect(await failedIn(scene)).toBe(known);
      scene.watched.clock.pass(HOUR);
      await scene.phone.signIn(scene.owner, signInAt(scene.watched.clock.now()));
    }
  });

  it("R35 F29 doesn't log a step-up begun without a sign-in, which apps do to learn that they need one", async () => {
    const scene = await aRecovery();
    const { phone, recovery, personal, contact } = scene;
    const body = { account: bound(personal), contact };
    refused(
      await phone.call("POST", `v1/recoveries/${recovery}/step-ups`, { body }),
      "account-sign-in-required",
    );
    await deliverAll(scene);
    expect(await failedIn(scene)).toBe(0);
  });

  it("R35 F29 every logged kind of failure is among those", () => {
    const kinds = Object.values(failing).map(({ kind }) => kind);
    expect([...new Set(kinds)].toSorted()).toEqual(LOGGED.toSorted());
  });

  it("R35 comes in pages; invented positions are refused or empty", async () => {
    const watched = anAppToWatch();
    const { owner, phone } = await anOwnerWithBackup({ app: watched.app });
    for (let n = 0; n < 120; n++) {
      const entry = { id: `entry ${n}`, kind: "recovered" as const, at: new Date() };
      await watched.app.services.activity.append(placeOf(owner).owner, entry);
    }
    const first = pageIn(await phone.call("GET", "v1/activity"));
    expect({ entries: first.entries.length, next: first.next }).toEqual({ entries: 100, next: 20 });
    const second = pageIn(await phone.call("GET", `v1/activity?before=${first.next}`));
    expect({ entries: second.entries.length, next: second.next }).toEqual({ entries: 20, next: undefined });
    expect(pageIn(await phone.call("GET", "v1/activity?before=9999999")).entries).toHaveLength(100);
    refused(await phone.call("GET", "v1/activity?before=canary"), "invalid-request");
  }, 60_000);
});

describe.concurrent("the export", () => {
  it("R35 has everything: documents, devices, contacts, accounts, recoveries, activity; and no credential's secret", async () => {
    const scene = await aRecovery();
    const uri = await proven(scene);
    await deliverAll(scene);
    const reply = await scene.phone.call("GET", "v1/me/export");
    expect(reply.status, JSON.stringify(reply.body)).toBe(200);
    const text = JSON.stringify(reply.body);
    for (const account of scene.document.accounts) expect(text).toContain(account.userName);
    const [third] = scene.document.accounts;
    expect(text).toContain(third && "otp" in third ? third.otp.secret : "?");
    expect(text).toContain("@mail.example");
    expect(text).toContain(scene.recovery);
    expect(text).toContain(scene.old.deviceId);
    expect(text).toContain("credential-issued");
    expect(text).not.toContain(new URL(uri).searchParams.get("secret"));
  });

  it("R35 has pending state, too: an awaited ticket, sent codes, ended devices, an erasure; and a push key's public half", async () => {
    const watched = anAppToWatch({ settings: { ERASURE_DELAY_HOURS: "24" } });
    const scene = await aRecovery({ watched, personal: aProvablePersonal({ usesPush: true }) });
    const { credential } = aPushKey();
    const { x } = credential.publicKey;
    const proving = startedIn(await start(scene)).id;
    const proof = { code: watched.lastCode(), credential };
    expect((await answer(scene.phone, proving, proof)).status).toBe(200);
    const { id } = startedIn(await start(scene, { account: scene.work }));
    await scene.old.call("DELETE", `v1/devices/${(await aRegisteredPhone(scene.owner, watched)).deviceId}`);
    expect((await scene.phone.call("DELETE", "v1/me?confirm=erase-everything")).status).toBe(202);
    const { body } = await scene.phone.call("GET", "v1/me/export");
    expect(body).toMatchObject({
      boundAccounts: [{ credentials: { holders: [{ push: { publicKey: { x } } }] } }],
      challenges: [{ id, kind: "ticket" }],
      endedDevices: [expect.any(String)],
      failures: { count: 0 },
      sent: [{ at: expect.any(String) }],
      erasure: { device: scene.phone.deviceId },
    });
  });

  it("R35 R39 marks a damaged version, and has all the rest", async () => {
    const { app, damage } = anAppWithDamage();
    const { owner, phone, uploaded } = await anOwnerWithBackup({ app, document: aLargeBackup() });
    await upload(phone, { headers: replacing(uploaded) });
    damage(`bodies/${placeOf(owner).owner}/${receiptIn(uploaded).version.id}`);
    const [newest, former] = versionsIn(await phone.call("GET", "v1/me/export"));
    expect({ newest: newest?.unreadable, former: former?.unreadable }).toEqual({
      newest: undefined,
      former: true,
    });
    expect({ newest: newest?.content, former: former?.content }).toEqual({
      newest: expect.anything(),
      former: undefined,
    });
  });

  it.each([storageSilent(), vaultSilent()])(
    "R32 R35 is 503 $kind while a version can't be told for the moment",
    async (failure) => {
      const { app } = anAppToWatch();
      const { phone } = await anOwnerWithBackup({ app });
      app.services.versions = { ...app.services.versions, open: () => Promise.reject(failure) };
      refused(await phone.call("GET", "v1/me/export"), failure.kind);
    },
  );

  it("R35 A10 is handed out once for one proof, and only after a fresh sign-in", async () => {
    const { old, watched } = await aRecovery();
    const { url, ...init } = old.prepare("GET", "v1/me/export");
    expect((await watched.app.fetch(url, init)).status).toBe(200);
    expect((await watched.app.fetch(url, init)).status).toBe(401);
  });
});
