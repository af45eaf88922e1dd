/** Step-up for a personal account: a sign-in to that account, then a code to a contact. */
/** Both count for one recovery, account and device. */

import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { nameOf } from "../../../lib/domain/account.ts";
import { HOUR, SECOND } from "../../../lib/domain/clock.ts";
import { typeOf } from "../../../lib/http/problems/problem.ts";
import { RecoveryStatus } from "../../../lib/http/replies/recovery-status.ts";
import { signInAt } from "../../support/phones.ts";
import { aPushKey } from "../../support/push-key.ts";
import {
  answer,
  aProvablePersonal,
  aRecovery,
  aTicket,
  bound,
  codeAt,
  credentialIn,
  proven,
  providerCall,
  type Recovery,
  recover,
  recoveredIn,
  start,
  startedIn,
  verify,
} from "../../support/step-up.ts";
import { anAccountToken, anAccountTokenWithoutTime, aProviderToken } from "../../support/tokens.ts";
import { refused } from "../helpers.ts";

const stateOf = async ({ phone, recovery, personal }: Recovery) => {
  const { body } = await phone.call("GET", `v1/recoveries/${recovery}`);
  const { accounts } = RecoveryStatus.parse(body);
  return accounts.find(({ account }) => account.userName === personal.userName)?.state;
};

describe.concurrent("a personal account", () => {
  it("R14 R15 R20 is proven by sign-in and code, and its new code credential is accepted", async () => {
    const scene = await aRecovery();
    expect(await stateOf(scene)).toBe("step-up");
    const uri = await proven(scene);
    expect(await stateOf(scene)).toBe("credential-sent");
    const now = scene.watched.clock.now();
    const verdict = await verify(scene, scene.personal, codeAt(uri, now));
    expect(verdict.body).toEqual({ valid: true, device: scene.phone.deviceId });
    const again = await verify(scene, scene.personal, codeAt(uri, now));
    expect(again.body).toEqual({ valid: false });
  });

  it("F2 R20 needs this order: without a sign-in to that account no code is sent", async () => {
    const scene = await aRecovery();
    const { phone, recovery, contact, personal, watched, owner } = scene;
    const before = watched.codes().length;
    const now = watched.clock.now();
    const ask = (token: string | undefined) =>
      phone.call("POST", `v1/recoveries/${recovery}/step-ups`, {
        body: { account: bound(personal), contact },
        ...(token && { headers: { "account-authorization": token } }),
      });
    const longAgo = new Date(now.getTime() - 301 * SECOND);
    const bearer = async (...[name, time, subject]: Parameters<typeof anAccountToken>) =>
      `Bearer ${await anAccountToken(name, time, subject)}`;
    const required = { none: undefined, garbage: "Bearer abc", basic: "Basic YTpi" };
    for (const [name, token] of Object.entries(required)) {
      expect(refused(await ask(token), "account-sign-in-required").maxAgeSeconds, name).toBe(300);
    }
    const tooOld = await ask(await bearer(personal.userName, longAgo));
    refused(tooOld, "account-sign-in-required");
    expect(tooOld.headers.get("www-authenticate")).toContain(
      'error="insufficient_user_authentication", max_age=300',
    );
    const untold = `Bearer ${await anAccountTokenWithoutTime(personal.userName)}`;
    expect(refused(await ask(untold), "sign-in-time-missing").detail).toContain("auth_time");
    refused(await ask(await bearer(`other-${personal.userName}`, now)), "account-not-proven");
    refused(await ask(`Bearer ${phone.token}`), "account-not-proven");
    expect(watched.codes().length).toBe(before);
    const failed = watched.told().filter(({ activity }) => activity.kind === "step-up-failed");
    expect(failed).toHaveLength(3 + 1 + 2);
    expect(new Set(failed.map(({ activity }) => activity.id)).size).toBe(3);
    expect(owner).not.toBe("");
    const justInTime = new Date(now.getTime() - 299 * SECOND);
    expect((await ask(await bearer(personal.userName, justInTime))).status).toBe(201);
    expect(watched.codes().length).toBe(before + 1);
  });

  it("R20 another subject than the proven one is another account", async () => {
    const scene = await aRecovery();
    await proven(scene);
    const { personal, watched } = scene;
    const token = await anAccountToken(personal.userName, watched.clock.now(), "somebody else");
    refused(await start(scene, { token }), "account-not-proven");
    expect((await start(scene)).status).toBe(201);
  });

  it("R20 a step-up of a recovery belongs to the device that recovered", async () => {
    const scene = await aRecovery();
    refused(await start(scene, { by: scene.old }), "recovery-not-found");
    const stranger = await aRecovery({ watched: scene.watched });
    refused(await start(scene, { by: stranger.phone }), "recovery-not-found");
  });

  it("R20 a week later the recovery has ended", async () => {
    const scene = await aRecovery();
    scene.watched.clock.pass(7 * 24 * HOUR);
    await scene.phone.signIn(scene.owner, signInAt(scene.watched.clock.now()));
    refused(await start(scene), "recovery-ended");
  });

  it("R20 an account that isn't in the recovery, or needs no proof, is refused", async () => {
    const scene = await aRecovery();
    refused(await start(scene, { account: aProvablePersonal() }), "account-not-in-recovery");
  });

  it("R11 R20 a first device names all its accounts, and proves those it keeps; until then they don't change", async () => {
    const scene = await aRecovery();
    const { old, watched, document, personal, work } = scene;
    const existingAccounts = document.accounts.map(nameOf);
    const recovered = recoveredIn(await recover(old, { existingAccounts, overlap: "keep-existing" }));
    expect(new Set(recovered.accounts.map(({ outcome }) => outcome))).toEqual(new Set(["keep"]));
    const first = { ...scene, phone: old, recovery: recovered.id };
    expect(await stateOf(first)).toBe("kept");
    const lost = { body: { account: bound(personal) } };
    const renewal = await old.call("POST", `v1/recoveries/${recovered.id}/credentials`, lost);
    refused(renewal, "account-not-in-recovery");
    const uri = await proven(first);
    expect(await stateOf(first)).toBe("credential-sent");
    const verdict = await verify(first, personal, codeAt(uri, watched.clock.now()));
    expect(verdict.body).toEqual({ valid: true, device: old.deviceId });
    const { id } = startedIn(await start(first, { account: work }));
    const { code: ticket } = await aTicket(first);
    expect((await answer(old, id, { ticket })).status).toBe(200);
  });

  it("R25 the credential is sent once; if it got lost, a fresh one ends it", async () => {
    const scene = await aRecovery();
    const { phone, recovery, personal, watched, owner } = scene;
    const first = await proven(scene);
    const renew = () =>
      phone.call("POST", `v1/recoveries/${recovery}/credentials`, { body: { account: bound(personal) } });
    const renewed = credentialIn(await renew()).uri ?? expect.fail("none");
    expect(renewed).not.toBe(first);
    watched.clock.pass(60 * SECOND);
    const now = watched.clock.now();
    expect((await verify(scene, personal, codeAt(first, now))).body).toEqual({ valid: false });
    expect((await verify(scene, personal, codeAt(renewed, now))).body).toMatchObject({ valid: true });
    watched.clock.pass(HOUR);
    const old = { ...signInAt(watched.clock.now()), authTime: signInAt(now).authTime };
    await phone.signIn(owner, old);
    refused(await renew(), "sign-in-too-old");
  });

  it("R25 A10 a renewal that is replayed with its proof gets nothing", async () => {
    const scene = await aRecovery();
    const { phone, recovery, personal, watched } = scene;
    await proven(scene);
    const { url, ...init } = phone.prepare("POST", `v1/recoveries/${recovery}/credentials`, {
      body: { account: bound(personal) },
    });
    expect((await watched.app.fetch(url, init)).status).toBe(200);
    const replayed = await watched.app.fetch(url, init);
    expect(replayed.status).toBe(401);
    expect(await replayed.json()).toMatchObject({ type: typeOf("proof-invalid") });
  });

  it("R14 push: the device's own key signs the provider's challenges; the private half never left", async () => {
    const scene = await aRecovery({ personal: aProvablePersonal({ usesPush: true }) });
    const { phone, watched, personal } = scene;
    const { credential, signed: signedBy } = aPushKey();
    const { publicKey } = credential;
    const { id } = startedIn(await start(scene));
    const bad = { type: "push", publicKey: { ...publicKey, y: publicKey.x } };
    refused(await answer(phone, id, { code: watched.lastCode(), credential: bad }), "invalid-request");
    const reply = await answer(phone, id, { code: watched.lastCode(), credential });
    expect(reply.body).toEqual({ credential: { type: "push" } });
    const challenge = randomBytes(32);
    const signature = signedBy(challenge).toString("base64url");
    const token = await aProviderToken("personal-sign-in", "Codes.Verify");
    const ask = (signed: Buffer) =>
      providerCall(
        watched.app,
        "v1/signatures/verify",
        { account: bound(personal), challenge: signed.toString("base64url"), signature },
        token,
      );
    expect((await ask(challenge)).body).toEqual({ valid: true, device: phone.deviceId });
    expect((await ask(randomBytes(32))).body).toEqual({ valid: false });
    await scene.old.call("DELETE", `v1/devices/${phone.deviceId}`);
    expect((await ask(challenge)).body).toEqual({ valid: false });
  });
});
