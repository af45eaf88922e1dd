/** Alarms: every contact is told of anything that a thief could do, and one press of a button undoes it. */
import { describe, expect, inject, it } from "vitest";
import { SECOND } from "../../../lib/domain/clock.ts";
import { capabilityFor } from "../../../lib/domain/devices/repudiation.ts";
import { DeviceId, ownerIdOf } from "../../../lib/domain/owner.ts";
import { RecoveryStatus } from "../../../lib/http/replies/recovery-status.ts";
import { putOwner } from "../../support/owners.ts";
import { aRecovery, codeAt, proven, type Recovery, verify } from "../../support/step-up.ts";
import { placeOf } from "../../support/sweeping.ts";
import { aRegisteredPhone, refused } from "../helpers.ts";
import { everythingOf } from "../stored.ts";

async function linkFor({ owner, phone, watched }: Recovery, language = "en"): Promise<string> {
  const { api, issuer } = inject("surroundings");
  const device = watched.told().find(({ activity }) => activity.device?.id === phone.deviceId)?.activity
    .device?.id;
  const id = ownerIdOf({ issuer, subject: owner });
  const capability = await capabilityFor(
    watched.app.services.keyedHash,
    { owner: id, device: device ?? expect.fail("not told") },
    watched.clock.now(),
  );
  return `${api}/v1/alarms/${capability}?language=${language}`;
}

const open = async ({ watched }: Recovery, url: string, method = "GET") => {
  const response = await watched.app.fetch(url, { method, headers: { "content-length": "0" } });
  return { status: response.status, headers: response.headers, html: await response.text() };
};

const kinds = ({ watched }: Recovery) => watched.told().map(({ activity }) => activity.kind);

describe.concurrent("what is told", () => {
  it("R18 F29 a recovery, a registration and a credential tell every confirmed contact", async () => {
    const scene = await aRecovery();
    await proven(scene);
    await aRegisteredPhone(scene.owner, { app: scene.watched.app });
    const told = scene.watched.told();
    expect(kinds(scene)).toEqual([
      "contact-added",
      "recovery-requested",
      "credential-issued",
      "device-registered",
    ]);
    for (const { recipients } of told.slice(1)) expect(recipients).toHaveLength(1);
  });

  it("R18 R34 an announcement names no account, issuer or contact but the one it goes to", async () => {
    const scene = await aRecovery();
    await proven(scene);
    const said = JSON.stringify(scene.watched.told().map(({ activity }) => activity));
    for (const name of [scene.personal.userName, scene.work.userName, "mail.example"])
      expect(said).not.toContain(name);
  });
});

describe.concurrent("the link", () => {
  it("R18 R35 says that all is erased once its owner is being erased, and completes no cut-off erasure", async () => {
    const scene = await aRecovery();
    const url = await linkFor(scene);
    const { owner } = placeOf(scene.owner);
    const at = scene.watched.clock.now();
    const erasure = { device: DeviceId.parse(scene.old.deviceId), requestedAt: at, eraseAt: at, begunAt: at };
    await putOwner(scene.watched.app.services.owners, owner, (state) => ({ state: { ...state, erasure } }));
    const before = await everythingOf(scene.owner);
    for (const method of ["GET", "POST"])
      expect((await open(scene, url, method)).html).toContain("Everything was erased");
    expect(await everythingOf(scene.owner)).toEqual(before);
  });

  it("R18 shows what it would do, in the contact's language, and does nothing when it is opened", async () => {
    const scene = await aRecovery();
    for (const [language, word] of [
      ["en", "This was not me"],
      ["sv", "Det var inte jag"],
    ] as const) {
      const { status, headers, html } = await open(scene, await linkFor(scene, language));
      expect(status).toBe(200);
      expect(html).toContain(word);
      expect(html).toContain(`<html lang="${language}">`);
      const since = scene.watched.clock.now().toISOString().slice(0, 16).replace("T", " ");
      for (const told of ["canary-new", "Android", since]) expect(html).toContain(told);
      expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("cache-control")).toBe("no-store");
      expect(html).not.toContain("<script");
    }
    expect((await scene.phone.call("GET", `v1/recoveries/${scene.recovery}`)).body).toMatchObject({
      state: "open",
    });
  });

  it("R18 F29 pressed, it freezes the recovery, ends device and credentials, and tells everyone; again, it changes nothing", async () => {
    const scene = await aRecovery();
    const uri = await proven(scene);
    const link = await linkFor(scene);
    expect((await open(scene, link, "POST")).html).toContain("It is shut out");
    const { body } = await scene.old.call("GET", `v1/recoveries/${scene.recovery}`);
    expect(RecoveryStatus.parse(body).state).toBe("frozen");
    refused(await scene.phone.call("GET", "v1/backups"), "device-revoked");
    const verdict = await verify(scene, scene.personal, codeAt(uri, scene.watched.clock.now()));
    expect(verdict.body).toEqual({ valid: false });
    expect(scene.watched.told().at(-1)).toMatchObject({
      activity: { kind: "device-repudiated" },
      recipients: [{}],
    });
    scene.watched.clock.pass(60 * SECOND);
    expect((await open(scene, link, "POST")).status).toBe(200);
    expect((await open(scene, link)).html).toContain("It is shut out");
    expect(kinds(scene).filter((kind) => kind === "device-repudiated")).toHaveLength(1);
  });

  it("R18 R33 any invalid link gets the same page", async () => {
    const scene = await aRecovery();
    const link = await linkFor(scene);
    const changed = link.replace(/.(?=\?)/, (letter) => (letter === "A" ? "B" : "A"));
    const { api } = inject("surroundings");
    const pages = await Promise.all(
      [
        changed,
        `${api}/v1/alarms/nothing?language=en`,
        `${api}/v1/alarms/${"a".repeat(131)}?language=en`,
      ].flatMap((url) => [open(scene, url), open(scene, url, "POST")]),
    );
    for (const { status, html } of pages) {
      expect(status).toBe(404);
      expect(html).toBe(pages[0]?.html);
    }
    const odd = await open(scene, `${api}/v1/alarms/${"a".repeat(300)}?language=xx`);
    expect({ status: odd.status, type: odd.headers.get("content-type") }).toEqual({
      status: 400,
      type: "text/html; charset=utf-8",
    });
    expect((await scene.phone.call("GET", "v1/backups")).status).toBe(200);
  });
});

describe.concurrent("from another device", () => {
  it("R18 the owner says that a recovery was not theirs", async () => {
    const scene = await aRecovery();
    await proven(scene);
    const path = `v1/recoveries/${scene.recovery}/repudiate`;
    expect((await scene.old.call("POST", path)).body).toMatchObject({ state: "frozen" });
    refused(await scene.phone.call("GET", "v1/backups"), "device-revoked");
    const stranger = await aRecovery({ watched: scene.watched });
    refused(await stranger.phone.call("POST", path), "recovery-not-found");
  });
});
