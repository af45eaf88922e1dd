/** Interference and half-way failures: nothing is lost, and nothing is handed out untold. */

import { randomBytes } from "node:crypto";
import { describe, expect, inject, it } from "vitest";
import * as z from "zod";
import { DAY } from "../../lib/domain/clock.ts";
import { capabilityFor } from "../../lib/domain/devices/repudiation.ts";
import { ownerIdOf } from "../../lib/domain/owner.ts";
import { anApp } from "../support/app.ts";
import { aBackup, anAccount, nothingYet, replacing } from "../support/builders.ts";
import { FaultLine } from "../support/fault-line.ts";
import { crowded } from "../support/meanwhile.ts";
import { anOwner, aPhone, signInAt } from "../support/phones.ts";
import { aPushKey } from "../support/push-key.ts";
import {
  anAppToWatch,
  answer,
  aProvablePersonal,
  aRecovery,
  aTicket,
  bound,
  idIn,
  proven,
  providerCall,
  recover,
  recoveredIn,
  start,
  vouch,
} from "../support/step-up.ts";
import { anAccountToken, aProviderToken } from "../support/tokens.ts";
import { unsent } from "../support/unsent.ts";
import { anOwnerWithBackup, aRegisteredPhone, refused } from "./helpers.ts";

const Receipt = z.looseObject({ envelope: z.string() });

describe.concurrent("an upload", () => {
  it("R5 R8 whose head is decided anew hands out an envelope that opens", async () => {
    const { state, through } = crowded("owners/");
    const app = anApp({ through });
    const owner = anOwner();
    const phone = await aPhone({ owner, platform: "ios", app });
    const document = aBackup();
    state.left = 2;
    const uploaded = await phone.call("PUT", "v1/backups/ios", { body: document, headers: nothingYet });
    expect({ status: uploaded.status, writes: state.writes }).toEqual({ status: 201, writes: 3 });
    const { envelope } = Receipt.parse(uploaded.body);
    const { accounts } = recoveredIn(
      await recover(await aPhone({ owner, platform: "ios", app }), { envelope }),
    );
    expect(accounts.map(({ account }) => account)).toEqual(document.accounts);
  });

  it("R5 R32 of the largest size under client custody can be recovered", async () => {
    const owner = anOwner();
    const phone = await aPhone({ owner, platform: "ios" });
    const accounts = Array.from({ length: 900 }, () =>
      anAccount({ issuer: "x".repeat(320), userName: `${crypto.randomUUID()}${"y".repeat(280)}` }),
    );
    const body = JSON.stringify({ accounts, settings: {} });
    expect(body.length).toBeGreaterThan(700_000);
    const uploaded = await phone.call("PUT", "v1/backups/ios", { body, headers: nothingYet });
    const { envelope } = Receipt.parse(uploaded.body);
    expect((await recover(await aPhone({ owner, platform: "ios" }), { envelope })).status).toBe(200);
  });

  it("R30 after a final deletion leaves nothing earlier to restore", async () => {
    const { app, clock } = anAppToWatch();
    const { owner, phone, uploaded } = await anOwnerWithBackup({ app });
    const { version } = z.looseObject({ version: z.object({ id: z.string() }).loose() }).parse(uploaded.body);
    await phone.call("DELETE", "v1/backups/android", { headers: replacing(uploaded) });
    clock.pass(31 * DAY);
    await phone.signIn(owner, signInAt(clock.now()));
    const headers = replacing(await phone.call("GET", "v1/backups/android"));
    const again = await phone.call("PUT", "v1/backups/android", { body: aBackup(), headers });
    const path = `v1/backups/android/versions/${version.id}/restore`;
    refused(await phone.call("POST", path, { headers: replacing(again) }), "version-not-found");
  });
});

describe.concurrent("a device", () => {
  it("R17 that is registered on both platforms is revoked on both", async () => {
    const { owner, phone } = await anOwnerWithBackup();
    const thief = await aPhone({ owner });
    const register = (platform: string) =>
      thief.call("POST", "v1/devices", { body: { platform, name: "thief" } });
    await Promise.all([register("ios"), register("android")]);
    expect((await phone.call("DELETE", `v1/devices/${thief.deviceId}`)).status).toBe(204);
    for (const path of ["v1/backups/android", "v1/backups", "v1/devices", "v1/backups/ios"]) {
      refused(await thief.call("GET", path), "device-revoked");
    }
  });

  it("R17 R18 isn't registered, and nothing is recovered, while the owner can't be told", async () => {
    const watched = anAppToWatch();
    const { app } = watched;
    const { owner } = await anOwnerWithBackup({ app });
    const thief = await aPhone({ owner, app });
    const asked = [
      () => thief.call("POST", "v1/devices", { body: { platform: "android", name: "thief" } }),
      () => recover(thief),
      () => thief.call("POST", "v1/recovery-plans", { body: { platform: "android", existingAccounts: [] } }),
    ];
    for (const ask of asked) refused(await unsent(watched, ask), "storage-unavailable");
    refused(await thief.call("GET", "v1/devices"), "device-unknown");
  });

  it("R18 whose repudiation was cut off is shut out already; the reply says that it isn't done, and a repetition completes it", async () => {
    const line = new FaultLine();
    const watched = anAppToWatch({ through: line.through });
    const scene = await aRecovery({ watched });
    await proven(scene);
    const { api, issuer } = inject("surroundings");
    const id = ownerIdOf({ issuer, subject: scene.owner });
    const { id: device } =
      watched.told().find(({ activity }) => activity.kind === "recovery-requested")?.activity.device ??
      expect.fail();
    const link = `${api}/v1/alarms/${await capabilityFor(watched.app.services.keyedHash, { owner: id, device }, watched.clock.now())}?language=en&utm_source=mail`;
    const open = async (method: string) =>
      await (await watched.app.fetch(link, { method, headers: { "content-length": "0" } })).text();
    line.arm({ how: "refused", at: 1, of: /^write credentials\// });
    expect(await open("POST")).toContain("It may not be done yet");
    refused(await scene.phone.call("GET", "v1/backups"), "device-revoked");
    expect(await open("POST")).toContain("It is shut out");
    refused(await scene.phone.call("GET", "v1/backups"), "device-revoked");
  });
});

describe.concurrent("a credential", () => {
  it("R18 R25 isn't made while the owner can't be told", async () => {
    const watched = anAppToWatch();
    const scene = await aRecovery({ watched, personal: aProvablePersonal({ usesPush: true }) });
    const { credential, signed } = aPushKey();
    const id = idIn(await start(scene));
    const prove = () => answer(scene.phone, id, { code: watched.lastCode(), credential });
    refused(await unsent(watched, prove), "storage-unavailable");
    const challenge = randomBytes(32);
    const token = await aProviderToken("personal-sign-in", "Codes.Verify");
    const body = {
      account: bound(scene.personal),
      challenge: challenge.toString("base64url"),
      signature: signed(challenge).toString("base64url"),
    };
    expect((await providerCall(watched.app, "v1/signatures/verify", body, token)).body).toEqual({
      valid: false,
    });
  });

  it("R20 R33 another spelling of the user name is the same account", async () => {
    const scene = await aRecovery();
    await proven(scene);
    const shouted = aProvablePersonal({ userName: scene.personal.userName.toUpperCase() });
    const other = await aRecovery({ watched: scene.watched, personal: shouted });
    const token = await anAccountToken(scene.personal.userName, scene.watched.clock.now());
    const id = idIn(await start(other, { token }));
    refused(await answer(other.phone, id, { code: scene.watched.lastCode() }), "account-bound-elsewhere");
  });

  it("F35 R20 an account without devices stays its owner's for thirty days; then it is free, and the owner is told", async () => {
    const scene = await aRecovery();
    await proven(scene);
    await scene.old.call("DELETE", `v1/devices/${scene.phone.deviceId}`);
    const other = await aRecovery({ watched: scene.watched, personal: scene.personal });
    const id = idIn(await start(other));
    const told = scene.watched.told().length;
    refused(await answer(other.phone, id, { code: scene.watched.lastCode() }), "account-bound-elsewhere");
    expect(scene.watched.told()).toHaveLength(told);
    scene.watched.clock.pass(30 * DAY);
    const later = await aRecovery({ watched: scene.watched, personal: scene.personal });
    await proven(later);
    expect(scene.watched.told().map(({ activity }) => activity.kind)).toContain("account-moved");
  });

  it("R21 R23 one ticket never makes two: the loser of its race can't issue another", async () => {
    const scene = await aRecovery();
    const { watched, owner, work } = scene;
    const second = await aRegisteredPhone(owner, { app: watched.app });
    const { id } = recoveredIn(await recover(second));
    const other = { ...scene, phone: second, recovery: id };
    const ids = [idIn(await start(scene, { account: work })), idIn(await start(other, { account: work }))];
    const { code } = await aTicket(scene);
    const replies = await Promise.all([
      answer(scene.phone, ids[0] ?? "", { ticket: code }),
      answer(second, ids[1] ?? "", { ticket: code }),
    ]);
    expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 403]);
    const loser = replies[0]?.status === 403 ? scene.phone : second;
    await vouch(watched, loser, scene.contact);
    refused(
      await loser.call("POST", "v1/device-tickets", { body: { account: bound(work) } }),
      "account-not-on-device",
    );
  });
});
