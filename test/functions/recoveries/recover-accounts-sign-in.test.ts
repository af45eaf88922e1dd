/** POST v1/recoveries: a fresh sign-in, a proof that counts once, and how often it calls the vault. */

import { describe, expect, inject, it } from "vitest";
import { anApp } from "../../support/app.ts";
import { countedVault } from "../../support/counted-vault.ts";
import { anOwner, aPhone, type CheckedPhone, signInAt } from "../../support/phones.ts";
import { headOf } from "../heads.ts";
import {
  anOwnerWithBackup,
  aRegisteredPhone,
  expectRefused,
  placesIn,
  recovering,
  statusesOf,
  upload,
} from "../helpers.ts";

/** An app on a clock that can be set, which counts its vault calls. */
function aCountingApp() {
  const { vault, keys } = countedVault();
  const time = { now: new Date(Math.floor(Date.now() / 1000) * 1000) };
  return { vault, time, app: anApp({ keys, clock: () => time.now }) };
}

const url = () => `${inject("surroundings").api}/v1/recoveries`;
const proofOf = (phone: CheckedPhone, claims = {}) => phone.proof("POST", url(), phone.token, claims);
const recover = (phone: CheckedPhone, dpop = proofOf(phone), change?: object) =>
  phone.call("POST", "v1/recoveries", { ...recovering(phone, change), headers: { dpop } });

describe.concurrent("the vault", () => {
  it("R37 is called once by a recovery, and once by an instance for a shard key; never by an upload or a status", async () => {
    const { app, vault } = aCountingApp();
    const { owner, phone } = await anOwnerWithBackup({ app });
    await phone.call("GET", "v1/backups/android");
    await phone.call("GET", "v1/backups/android/staleness");
    expect(vault.unwraps).toBe(0);
    expect((await recover(await aPhone({ owner, app }))).status).toBe(200);
    expect(vault.unwraps).toBe(2);
    expect((await recover(await aPhone({ owner, app }))).status).toBe(200);
    expect(vault.unwraps).toBe(3);
  });

  it("R10 isn't called for an outdated sign-in or a used proof", async () => {
    const { app, vault } = aCountingApp();
    const { owner } = await anOwnerWithBackup({ app });
    const phone = await aPhone({ owner, app });
    const dpop = proofOf(phone);
    expect((await recover(phone, dpop)).status).toBe(200);
    const asked = vault.unwraps;
    await expectRefused(owner, "proof-invalid", () => recover(phone, dpop));
    await phone.signIn(owner, signInAt(new Date(Date.now() - 700_000)));
    await expectRefused(owner, "sign-in-too-old", () => recover(phone));
    await phone.signIn(owner, { authTime: null });
    await expectRefused(owner, "sign-in-time-missing", () => recover(phone));
    expect(vault.unwraps).toBe(asked);
  });

  it("R32 R8 503 while it doesn't answer: no device is registered, the proof isn't spent", async () => {
    const { app, vault } = aCountingApp();
    const { owner } = await anOwnerWithBackup({ app });
    const phone = await aPhone({ owner, app });
    const dpop = proofOf(phone);
    vault.isDown = true;
    const problem = await expectRefused(owner, "vault-unavailable", () => recover(phone, dpop));
    expect(problem.retryAfterSeconds).toBe(10);
    vault.isDown = false;
    expect((await recover(phone, dpop)).status).toBe(200);
  });

  it("R37 is not needed by an upload", async () => {
    const { app, vault } = aCountingApp();
    vault.isDown = true;
    expect((await upload(await aPhone({ app }))).status).toBe(201);
  });
});

describe.concurrent("the proof", () => {
  it("R17 of a recovery counts once, even with another body", async () => {
    const { owner } = await anOwnerWithBackup();
    const phone = await aPhone({ owner });
    const dpop = proofOf(phone);
    expect((await recover(phone, dpop)).status).toBe(200);
    const again = await expectRefused(owner, "proof-invalid", () => recover(phone, dpop));
    expect(placesIn(again)).toEqual(["DPoP claim jti"]);
    const change = { device: { name: "another" }, overlap: "keep-existing" };
    await expectRefused(owner, "proof-invalid", () => recover(phone, dpop, change));
    expect((await recover(phone)).status).toBe(200);
  });

  it("R17 that is sent ten times at once recovers once", async () => {
    const { owner } = await anOwnerWithBackup();
    const phone = await aPhone({ owner });
    const dpop = proofOf(phone);
    const replies = await Promise.all(Array.from({ length: 10 }, () => recover(phone, dpop)));
    expect(statusesOf(replies)).toEqual([200, ...Array.from({ length: 9 }, () => 401)]);
  });

  it("R17 with another device's jti is another proof", async () => {
    const { owner } = await anOwnerWithBackup();
    const phones = await Promise.all([aPhone({ owner }), aPhone({ owner })]);
    for (const phone of phones)
      expect((await recover(phone, proofOf(phone, { jti: "same" }))).status).toBe(200);
  });

  it("R17 is refused as used while its time is valid, and then for its time", async () => {
    const { app, time } = aCountingApp();
    const { owner } = await anOwnerWithBackup({ app });
    const phone = await aPhone({ owner, app });
    const start = time.now.getTime();
    const dpop = proofOf(phone, { iat: start / 1000 + 60 });
    expect((await recover(phone, dpop)).status).toBe(200);
    for (const seconds of [1, 60, 120, 121, 131, 600]) {
      time.now = new Date(start + seconds * 1000);
      const kind = seconds <= 120 ? "proof-invalid" : "clock-skewed";
      await expectRefused(owner, kind, () => recover(phone, dpop));
    }
  });
});

describe.concurrent("the sign-in", () => {
  it("R10 may be ten minutes old, and not a second more", async () => {
    const { app, time } = aCountingApp();
    const { owner } = await anOwnerWithBackup({ app });
    const phone = await aPhone({ owner, app });
    await phone.signIn(owner, signInAt(new Date(time.now.getTime() - 600_000)));
    expect((await recover(phone)).status).toBe(200);
    time.now = new Date(time.now.getTime() + 1);
    await expectRefused(owner, "sign-in-too-old", () => recover(phone));
  });

  it("R10 that is too old is refused with the challenge of RFC 9470", async () => {
    const { owner } = await anOwnerWithBackup();
    const phone = await aPhone({ owner, authTime: new Date(Date.now() - 601_000) });
    const problem = await expectRefused(owner, "sign-in-too-old", async () => {
      const reply = await recover(phone);
      const challenge = 'Bearer error="insufficient_user_authentication", max_age=600';
      expect(reply.headers.get("www-authenticate")).toBe(challenge);
      return reply;
    });
    expect(problem).toMatchObject({ status: 401, maxAgeSeconds: 600 });
  });

  it("R10 challenge names the age that the settings allow, and the context for an issuer's claims challenge", async () => {
    const { settings } = inject("surroundings");
    const issuers = JSON.parse(settings["IDENTITY_ISSUERS"] ?? "[]");
    const IDENTITY_ISSUERS = JSON.stringify([{ ...issuers[0], authContext: "c1" }]);
    const app = anApp({ settings: { SIGN_IN_MAX_AGE_SECONDS: "60", IDENTITY_ISSUERS } });
    const phone = await aPhone({ app, authTime: new Date(Date.now() - 62_000) });
    const challenge = (await recover(phone)).headers.get("www-authenticate") ?? "";
    expect(challenge).toContain("max_age=60,");
    const [, claims = ""] = /error="insufficient_claims", claims="([^"]+)"/.exec(challenge) ?? [];
    const wanted = { access_token: { acrs: { essential: true, value: "c1" } } };
    expect(JSON.parse(Buffer.from(claims, "base64").toString())).toEqual(wanted);
  });

  it("R28 counts for the backup's freshness", async () => {
    const { app, time } = aCountingApp();
    const { owner } = await anOwnerWithBackup({ app });
    time.now = new Date(time.now.getTime() + 100 * 86_400_000);
    const phone = await aPhone({ owner, app });
    await recover(phone);
    expect((await headOf(owner, "android"))?.value.confirmedAt).toEqual(time.now);
  });

  it("R27 of a first upload's token sets its time, not the upload", async () => {
    const authTime = new Date(Math.floor(Date.now() / 1000) * 1000 - 100 * 86_400_000);
    const owner = anOwner();
    await upload(await aPhone({ owner, authTime }));
    expect((await headOf(owner, "android"))?.value.confirmedAt).toEqual(authTime);
  });
});

describe.concurrent("how many", () => {
  it("R32 429 after twenty recoveries in a short time, until Retry-After is over", async () => {
    const { app, time, vault } = aCountingApp();
    const { owner } = await anOwnerWithBackup({ app });
    const phone = await aRegisteredPhone(owner, { app });
    const before = vault.unwraps;
    for (let at = 0; at < 20; at++) expect((await recover(phone)).status).toBe(200);
    const problem = await expectRefused(owner, "too-many-recoveries", () => recover(phone));
    expect(vault.unwraps - before).toBe(20);
    time.now = new Date(time.now.getTime() + Number(problem.retryAfterSeconds) * 1000);
    expect((await recover(phone)).status).toBe(200);
  });
});
