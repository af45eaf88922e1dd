/** Every action that removes or hands out something is announced first, or isn't done. */
/** A code that can't be queued counts as never requested. */

import { describe, expect, it } from "vitest";
import { HOUR } from "../../lib/domain/clock.ts";
import { typeOf } from "../../lib/http/problems/problem.ts";
import { replacing } from "../support/builders.ts";
import { aPhone } from "../support/phones.ts";
import {
  aContact,
  answer,
  aRecovery,
  bound,
  codeAt,
  idIn,
  proven,
  providerCall,
  type Recovery,
  recover,
  start,
  startedIn,
  verify,
} from "../support/step-up.ts";
import { aProviderToken } from "../support/tokens.ts";
import { unsent } from "../support/unsent.ts";
import { problemIn, refused, statusIn } from "./helpers.ts";

const BACKUP = "v1/backups/android";

const kinds = ({ watched }: Recovery) =>
  watched.told().map(({ activity, recipients }) => [activity.kind, recipients.length]);

describe.concurrent("the owner is told", () => {
  it("R18 R35 of an export before anything is handed out", async () => {
    const scene = await aRecovery();
    const ask = () => scene.old.call("GET", "v1/me/export");
    refused(await unsent(scene.watched, ask), "storage-unavailable");
    expect((await ask()).status).toBe(200);
    expect(kinds(scene).filter(([kind]) => kind === "exported")).toEqual([["exported", 1]]);
  });

  it("R18 R25 of a renewed code before it is made: until then, the former one stays valid", async () => {
    const scene = await aRecovery();
    const { phone, personal, recovery, watched } = scene;
    const former = codeAt(await proven(scene), watched.clock.now());
    const credentials = await watched.app.services.credentials.find(personal);
    const renew = () =>
      phone.call("POST", `v1/recoveries/${recovery}/credentials`, { body: { account: bound(personal) } });
    refused(await unsent(scene.watched, renew), "storage-unavailable");
    expect(await watched.app.services.credentials.find(personal)).toEqual(credentials);
    expect((await verify(scene, personal, former)).body).toMatchObject({ valid: true });
    expect((await renew()).status).toBe(200);
    expect(kinds(scene).filter(([kind]) => kind === "credential-issued")).toHaveLength(2);
  });

  it("R18 R47 of credentials that a provider ends before they end: until it is told, they count", async () => {
    const scene = await aRecovery();
    const { personal, watched } = scene;
    const code = codeAt(await proven(scene), watched.clock.now());
    const token = await aProviderToken("personal-sign-in", "Credentials.End");
    const body = { account: bound(personal) };
    const end = () => providerCall(watched.app, "v1/credentials/end", body, token);
    refused(await unsent(watched, end), "storage-unavailable");
    expect((await verify(scene, personal, code)).body).toMatchObject({ valid: true });
    for (const _ of [1, 2]) expect((await end()).status).toBe(204);
    expect(kinds(scene).slice(-1)).toEqual([["credentials-ended", 1]]);
    expect(kinds(scene).filter(([kind]) => kind === "credentials-ended")).toHaveLength(1);
  });

  it("R6 R18 of a deletion before it is made; the log records undeletions, too; a repetition isn't told", async () => {
    const scene = await aRecovery();
    const { old } = scene;
    const remove = async () =>
      await old.call("DELETE", BACKUP, { headers: replacing(await old.call("GET", BACKUP)) });
    refused(await unsent(scene.watched, remove), "storage-unavailable");
    const { version } = statusIn(await old.call("GET", BACKUP));
    const deleted = await remove();
    expect(deleted.status).toBe(200);
    expect((await remove()).status).toBe(200);
    const undeleted = await old.call("POST", `${BACKUP}/undelete`, { headers: replacing(deleted) });
    expect(undeleted.status).toBe(200);
    const path = `${BACKUP}/versions/${version?.id}/restore`;
    refused(await old.call("POST", path, { headers: replacing(deleted) }), "stale-precondition");
    expect((await old.call("POST", path, { headers: replacing(undeleted) })).status).toBe(200);
    expect(kinds(scene).slice(-3)).toEqual([
      ["backup-deleted", 1],
      ["backup-undeleted", 0],
      ["version-restored", 0],
    ]);
  });

  it("R18 R45 of a suspension, and of an objection, before it is made", async () => {
    const { watched, old, phone } = await aRecovery();
    const suspend = () => phone.call("DELETE", `v1/devices/${old.deviceId}`);
    refused(await unsent(watched, suspend), "storage-unavailable");
    expect((await old.call("GET", BACKUP)).status).toBe(200);
    expect((await suspend()).status).toBe(202);
    const object = () => old.call("POST", `v1/devices/${old.deviceId}/object`);
    refused(await unsent(watched, object), "storage-unavailable");
    refused(await old.call("GET", BACKUP), "device-suspended");
    expect((await phone.call("GET", BACKUP)).status).toBe(200);
    expect((await object()).status).toBe(200);
    refused(await phone.call("GET", BACKUP), "device-revoked");
  });

  it("R19 of another language for a contact, but not of the same one", async () => {
    const scene = await aRecovery();
    const contact = { channel: "email", address: "canary-second@mail.example", language: "en" };
    await aContact(scene.watched, scene.old, contact);
    const before = kinds(scene).length;
    const add = (language: string) =>
      scene.old.call("POST", "v1/contacts", { body: { ...contact, language } });
    expect((await add("en")).body).toMatchObject({ language: "en" });
    expect((await add("sv")).body).toMatchObject({ language: "sv", verifiedAt: expect.any(String) });
    expect(kinds(scene).slice(before)).toEqual([["contact-changed", 2]]);
    const contacts = JSON.stringify((await scene.old.call("GET", "v1/contacts")).body);
    expect(contacts).toContain('"language":"sv"');
  });
});

describe.concurrent("a device that isn't registered, and only looks at what a recovery would be refused for", () => {
  const looks = (scene: Recovery) => [
    ["plan-outdated", { plan: "made up" }] as const,
    ["accounts-overlap", { existingAccounts: [bound(scene.personal)] }] as const,
  ];
  /** How many contacts get each such message, without those of the scene's own recovery. */
  const toldOf = (scene: Recovery) =>
    kinds(scene)
      .flatMap(([kind, recipients]) => (kind === "recovery-requested" ? [recipients] : []))
      .slice(1);
  const anUnregisteredPhone = ({ owner, watched }: Recovery) => aPhone({ owner, app: watched.app });

  it("R18 sees neither before its owner is told, once an hour", async () => {
    const scene = await aRecovery();
    let hours = 0;
    for (const [kind, look] of looks(scene)) {
      hours += 1;
      for (const _ of [1, 2]) {
        expect(problemIn(await recover(await anUnregisteredPhone(scene), look)).type).toBe(typeOf(kind));
        expect(toldOf(scene)).toEqual(Array(hours).fill(1));
      }
      scene.watched.clock.pass(HOUR);
    }
  });

  it("R18 refused a hundred times at once, its owner gets one letter and one line in the log", async () => {
    const scene = await aRecovery();
    const phone = await anUnregisteredPhone(scene);
    const refusals = Array.from({ length: 100 }, () => recover(phone, { plan: "made up" }));
    for (const reply of await Promise.all(refusals))
      expect(problemIn(reply).type).toBe(typeOf("plan-outdated"));
    const ids = scene.watched
      .told()
      .flatMap(({ activity }) => (activity.device?.id === phone.deviceId ? [activity.id] : []));
    expect(new Set(ids).size).toBe(1);
  });

  it("R18 after it looked, its recovery is announced all the same", async () => {
    const scene = await aRecovery();
    const phone = await anUnregisteredPhone(scene);
    expect(problemIn(await recover(phone, { plan: "made up" })).type).toBe(typeOf("plan-outdated"));
    expect((await recover(phone)).status).toBe(200);
    const told = scene.watched.told().filter(({ activity }) => activity.device?.id === phone.deviceId);
    expect(told.map(({ activity }) => activity.kind)).toEqual(["recovery-requested", "recovered"]);
  });

  it("R18 sees nothing if its owner can't be told", async () => {
    const scene = await aRecovery();
    for (const [, look] of looks(scene)) {
      const phone = await anUnregisteredPhone(scene);
      const reply = await unsent(scene.watched, () => recover(phone, look));
      refused(reply, "storage-unavailable");
      expect(reply.body).not.toHaveProperty("plan");
      expect(reply.body).not.toHaveProperty("overlapping");
    }
  });

  it("R18 a registered one isn't announced", async () => {
    const scene = await aRecovery();
    for (const [kind, look] of looks(scene))
      expect(problemIn(await recover(scene.phone, look)).type).toBe(typeOf(kind));
    expect(toldOf(scene)).toEqual([]);
  });
});

describe.concurrent("a code that can't be queued", () => {
  it("R24 R32 isn't counted, and the one sent before is still valid", async () => {
    const scene = await aRecovery();
    const { id } = startedIn(await start(scene));
    const code = scene.watched.lastCode();
    for (let n = 0; n < 5; n++)
      refused(await unsent(scene.watched, () => start(scene)), "storage-unavailable");
    expect((await answer(scene.phone, id, { code })).status).toBe(200);
    expect((await start(scene)).status).toBe(201);
  });

  it("F28 R24 because a country's share is used up isn't counted either", async () => {
    const scene = await aRecovery();
    const body = { channel: "phone", address: "+37253123457", language: "en" };
    const add = () => scene.old.call("POST", "v1/contacts", { body });
    scene.watched.app.services.sendBudget = { take: async () => true };
    const id = idIn(await add());
    const code = scene.watched.lastCode();
    scene.watched.app.services.sendBudget = { take: async () => false };
    for (let n = 0; n < 5; n++) refused(await add(), "too-many-messages");
    const confirmed = await scene.old.call("POST", `v1/contacts/${id}/confirm`, { body: { code } });
    expect(confirmed.status, JSON.stringify(confirmed.body)).toBe(200);
  });
});
