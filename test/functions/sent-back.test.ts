/** An account from an answer can be sent back unchanged: surplus members are ignored. */
import { readFileSync } from "node:fs";
import { describe, expect, inject, it } from "vitest";
import { anApp } from "../support/app.ts";
import { aBackup, anAccount, byName, onDevice } from "../support/builders.ts";
import { aPhone, signInAt } from "../support/phones.ts";
import {
  answer,
  aRecovery,
  codeAt,
  credentialIn,
  idIn,
  providerCall,
  startedIn,
} from "../support/step-up.ts";
import { anAccountToken, aProviderToken } from "../support/tokens.ts";
import { anOwnerWithBackup, recovering } from "./helpers.ts";
import { everythingOf } from "./stored.ts";

const besides = { id: "mine", group: "Work", ofTheFuture: { a: 1 } };

describe.concurrent("an account from an answer", () => {
  it("R20 R25 R14 is proven, gets a fresh credential, and is asked about unchanged", async () => {
    const scene = await aRecovery();
    const { phone, recovery, contact, watched, owner } = scene;
    const account = { ...scene.personal, ...besides };
    const token = await anAccountToken(account.userName, watched.clock.now());
    const headers = { "account-authorization": `Bearer ${token}` };
    const started = await phone.call("POST", `v1/recoveries/${recovery}/step-ups`, {
      body: { account, contact },
      headers,
    });
    const { id } = startedIn(started);
    const sent = credentialIn(await answer(phone, id, { code: watched.lastCode() }));
    await phone.signIn(owner, signInAt(watched.clock.now()));
    const fresh = await phone.call("POST", `v1/recoveries/${recovery}/credentials`, { body: { account } });
    const { uri = expect.fail("no credential") } = credentialIn(fresh);
    expect(uri).not.toBe(sent.uri);
    const code = codeAt(uri, watched.clock.now());
    const asked = { account, code };
    const verifier = await aProviderToken("personal-sign-in", "Codes.Verify");
    const verdict = await providerCall(watched.app, "v1/codes/verify", asked, verifier);
    expect(verdict.body).toEqual({ valid: true, device: phone.deviceId });
  });

  it("R21 R23 is ticketed unchanged, by its provider and by an older device", async () => {
    const scene = await aRecovery();
    const { phone, recovery, watched } = scene;
    const account = { ...scene.work, ...besides };
    const token = await aProviderToken("contoso-sign-in", "Tickets.Issue");
    const issued = await providerCall(watched.app, "v1/tickets", { account }, token);
    expect(issued.status, JSON.stringify(issued.body)).toBe(201);
    const begun = await phone.call("POST", `v1/recoveries/${recovery}/step-ups`, { body: { account } });
    expect(begun.status, JSON.stringify(begun.body)).toBe(201);
    expect(idIn(begun)).toMatch(/./);
  });
});

it("R11 R34 a fingerprint is neither stored, logged nor returned, and neither is a secret sent with it", async () => {
  const app = anApp();
  const admin = { issuer: "Nextcloud", userName: "admin" };
  const [backedUp, there] = [anAccount(admin), anAccount(admin)];
  const { owner } = await anOwnerWithBackup({ app, document: aBackup([backedUp]) });
  const phone = await aPhone({ owner, app });
  const existingAccounts = [{ ...onDevice(there), ...there, fingerprint: "B".repeat(21).concat("A") }];
  const replies = [
    await phone.call("POST", "v1/recoveries", recovering(phone, { existingAccounts })),
    await phone.call("POST", "v1/recoveries", recovering(phone, { existingAccounts: [onDevice(backedUp)] })),
    await phone.call("POST", "v1/recoveries", recovering(phone, { existingAccounts: [byName(backedUp)] })),
  ];
  expect(replies.map(({ status }) => status)).toEqual([200, 409, 409]);
  const exported = await phone.call("GET", "v1/me/export");
  const log = readFileSync(inject("surroundings").hostLog, "utf8");
  const told = JSON.stringify([
    replies.map(({ body }) => body),
    exported.body,
    log,
    await everythingOf(owner),
  ]);
  const secrets = [existingAccounts[0]?.fingerprint, onDevice(backedUp)].map((each) =>
    typeof each === "object" && "fingerprint" in each ? each.fingerprint : each,
  );
  for (const secret of [...secrets, "otp" in there ? there.otp.secret : ""])
    expect(told).not.toContain(secret);
});
