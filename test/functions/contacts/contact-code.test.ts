/** A code to a contact that was there before a device came: entered on it, the device is young no longer. */
import { describe, expect, it } from "vitest";
import { HOUR, later } from "../../../lib/domain/clock.ts";
import { aContact, aRecovery, proven, wrongOf } from "../../support/step-up.ts";
import { aTheft, type Theft } from "../../support/theft.ts";
import { unsent } from "../../support/unsent.ts";
import { aRegisteredPhone, refused } from "../helpers.ts";

const send = ({ thief, contact }: Theft) => thief.call("POST", `v1/contacts/${contact}/code`);
const enter = ({ thief, contact }: Theft, code: string) =>
  thief.call("POST", `v1/contacts/${contact}/confirm`, { body: { code } });
const exported = ({ thief }: Theft) => thief.call("GET", "v1/me/export");

describe.concurrent("a code to an older contact", () => {
  it("R45 makes a device old at once, and all contacts are told, with the link that ends it", async () => {
    const scene = await aTheft();
    const { watched, thief, address } = scene;
    const problem = refused(await exported(scene), "device-too-new");
    expect(problem.youngUntil).toBe(later(watched.clock.now(), 72 * HOUR - 1000).toISOString());
    expect((await send(scene)).body).toMatchObject({ sentTo: { masked: "c•••@m•••.example" } });
    expect(watched.codes().at(-1)?.to.address).toBe(address);
    refused(await exported(scene), "device-too-new");
    expect((await enter(scene, watched.lastCode())).status).toBe(200);
    const [last] = watched.told().slice(-1);
    expect(last?.activity).toMatchObject({ kind: "code-entered", device: { id: thief.deviceId } });
    expect(last?.recipients).toMatchObject([{ address, link: true }]);
    expect((await exported(scene)).status).toBe(200);
  });

  it("R24 R45 counts once, and wrong ones don't", async () => {
    const scene = await aTheft();
    await send(scene);
    const code = scene.watched.lastCode();
    refused(await enter(scene, wrongOf(code)), "answer-wrong");
    refused(await exported(scene), "device-too-new");
    expect((await enter(scene, code)).status).toBe(200);
    refused(await enter(scene, code), "challenge-not-found");
  });

  it("R24 R45 is good on the device alone that asked for it, and another's doesn't take its place", async () => {
    const scene = await aTheft();
    const { owner, watched, contact } = scene;
    await send(scene);
    const code = watched.lastCode();
    const another = await aRegisteredPhone(owner, { app: watched.app });
    const path = `v1/contacts/${contact}`;
    refused(await another.call("POST", `${path}/confirm`, { body: { code } }), "challenge-not-found");
    expect((await another.call("POST", `${path}/code`)).status).toBe(201);
    expect((await enter(scene, code)).status).toBe(200);
    refused(await another.call("GET", "v1/me/export"), "device-too-new");
  });

  it("R24 R45 has the limits of other codes", async () => {
    const scene = await aTheft();
    for (let n = 0; n < 3; n++) expect((await send(scene)).status).toBe(201);
    refused(await send(scene), "too-many-messages");
  });

  it("R18 R45 counts only once all can be told", async () => {
    const scene = await aTheft();
    await send(scene);
    const code = scene.watched.lastCode();
    refused(await unsent(scene.watched, () => enter(scene, code)), "storage-unavailable");
    refused(await exported(scene), "device-too-new");
    expect((await enter(scene, code)).status).toBe(200);
    expect((await exported(scene)).status).toBe(200);
  });

  it("R45 isn't sent to a contact that isn't confirmed, or came after the device", async () => {
    const scene = await aTheft();
    const body = { channel: "email", address: "canary-new@mail.example", language: "en" };
    const added = await scene.second.call("POST", "v1/contacts", { body });
    const id = (added.body as { id: string }).id;
    refused(await scene.thief.call("POST", `v1/contacts/${id}/code`), "contact-unusable");
    const later = await aContact(scene.watched, scene.phone);
    refused(await scene.thief.call("POST", `v1/contacts/${later}/code`), "contact-unusable");
  });

  it("R20 R45 that a step-up was answered with does the same", async () => {
    const scene = await aRecovery();
    refused(await scene.phone.call("GET", "v1/me/export"), "device-too-new");
    await proven(scene);
    expect((await scene.phone.call("GET", "v1/me/export")).status).toBe(200);
  });
});
