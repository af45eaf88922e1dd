/** A thief who knows the password gets neither contacts nor a push account; one press undoes the rest. */

import { describe, expect, inject, it } from "vitest";
import * as z from "zod";
import { HOUR } from "../../../lib/domain/clock.ts";
import { capabilityFor } from "../../../lib/domain/devices/repudiation.ts";
import { ownerIdOf } from "../../../lib/domain/owner.ts";
import type { AppOptions } from "../../support/app.ts";
import { aBackup, replacing } from "../../support/builders.ts";
import { beforeNext } from "../../support/meanwhile.ts";
import type { CheckedPhone } from "../../support/phones.ts";
import { aPhone, signInAt } from "../../support/phones.ts";
import { aPushKey } from "../../support/push-key.ts";
import {
  aContact,
  anAppToWatch,
  answer,
  aProvablePersonal,
  aRecovery,
  idIn,
  type Recovery,
  recover,
  recoveredIn,
  start,
  startedIn,
  vouch,
} from "../../support/step-up.ts";
import { aRegisteredPhone, refused, revoke, upload } from "../helpers.ts";

const Contacts = z.object({ contacts: z.array(z.object({ id: z.string() })) });
const contactsOf = async (phone: CheckedPhone) =>
  Contacts.parse((await phone.call("GET", "v1/contacts")).body).contacts.map(({ id }) => id);

/** The owner's contact is removed by a thief's device, young no longer, which has added one of its own. */
async function aRobbery(through?: AppOptions["through"]) {
  const scene = await aRecovery(through && { watched: anAppToWatch({ through }) });
  const { owner, watched, contact, old, phone } = scene;
  const thief = await aPhone({ owner, app: watched.app });
  watched.clock.pass(1000);
  const recovery = idIn(await recover(thief));
  watched.clock.pass(73 * HOUR);
  for (const each of [old, phone, thief]) await each.signIn(owner, signInAt(watched.clock.now()));
  const theirs = await aContact(watched, thief, { address: "canary-thief@mail.example" });
  expect((await thief.call("DELETE", `v1/contacts/${contact}`)).status).toBe(204);
  watched.clock.pass(1000);
  return { ...scene, thief, theirs, robbery: recovery };
}

/** Who gets the link in the last alarm of this kind. */
const linksOf = ({ watched }: Recovery, kind: string) =>
  (watched.told().findLast(({ activity }) => activity.kind === kind)?.recipients ?? []).map(
    ({ address, link = false }) => [address.startsWith("canary-thief") ? "thief" : "owner", link],
  );

const press = async ({ watched, owner }: Recovery, { deviceId }: CheckedPhone) => {
  const { api, issuer } = inject("surroundings");
  const scene = { owner: ownerIdOf({ issuer, subject: owner }), device: deviceIn(watched, deviceId) };
  const capability = await capabilityFor(watched.app.services.keyedHash, scene, watched.clock.now());
  const url = `${api}/v1/alarms/${capability}?language=en`;
  return await watched.app.fetch(url, { method: "POST", headers: { "content-length": "0" } });
};

const deviceIn = (watched: Recovery["watched"], deviceId: string) =>
  watched.told().find(({ activity }) => activity.device?.id === deviceId)?.activity.device?.id ??
  expect.fail("not told");

describe.concurrent("a thief's contact", () => {
  it("R18 R19 gets no link against the owner's phones; the owner's removed contact gets it against the thief's", async () => {
    const scene = await aRobbery();
    expect(linksOf(scene, "contact-added")).toEqual([["owner", true]]);
    expect(linksOf(scene, "contact-removed")).toEqual([
      ["thief", false],
      ["owner", true],
    ]);
    expect(await contactsOf(scene.old)).toEqual([scene.theirs]);
    await scene.old.signIn(scene.owner, signInAt(scene.watched.clock.now()));
    expect((await recover(scene.old, { overlap: "keep-existing" })).status).toBe(200);
    expect(linksOf(scene, "recovered")).toEqual([
      ["thief", false],
      ["owner", false],
    ]);
  });

  it("R18 is gone once the device is repudiated, and the owner's is back; both are told", async () => {
    const scene = await aRobbery();
    expect((await press(scene, scene.thief)).status).toBe(200);
    expect(await contactsOf(scene.old)).toEqual([scene.contact]);
    expect(linksOf(scene, "device-repudiated").map(([who]) => who)).toEqual(["thief", "owner"]);
    expect((await press(scene, scene.thief)).status).toBe(200);
    expect(await contactsOf(scene.old)).toEqual([scene.contact]);
  });

  it("R18 is gone once the link is pressed, though a younger device has revoked it before", async () => {
    const scene = await aRobbery();
    const younger = await aRegisteredPhone(scene.owner, { app: scene.watched.app });
    await vouch(scene.watched, younger, scene.theirs);
    await revoke(younger, scene.thief);
    expect(await contactsOf(scene.old)).toEqual([scene.theirs]);
    expect((await press(scene, scene.thief)).status).toBe(200);
    expect(await contactsOf(scene.old)).toEqual([scene.contact]);
  });

  it("R18 R19 stays away, and the owner's stays, whatever the thief does while their device is being shut out", async () => {
    const { through, happens } = beforeNext("write owners/");
    const scene = await aRobbery(through);
    const { thief, contact, watched } = scene;
    const replies: number[] = [];
    happens(async () => {
      const address = "canary-thief@mail.example";
      const body = { channel: "email", address, language: "en" };
      replies.push((await thief.call("DELETE", `v1/contacts/${contact}`)).status);
      replies.push((await thief.call("POST", "v1/contacts", { body })).status);
    });
    expect((await press(scene, thief)).status).toBe(200);
    expect(replies).toEqual([404, 201]);
    expect(await contactsOf(scene.old)).toEqual([contact]);
    expect(watched.codes().filter(({ to }) => to.address.startsWith("canary-thief"))).toHaveLength(1);
    refused(await thief.call("GET", "v1/contacts"), "device-revoked");
  });

  it("R18 isn't all that is left when the thief's device says that the owner's recovery was not theirs", async () => {
    const scene = await aRobbery();
    const own = await aContact(scene.watched, scene.phone);
    const reply = await scene.thief.call("POST", `v1/recoveries/${scene.recovery}/repudiate`);
    expect(reply.status).toBe(200);
    expect(await contactsOf(scene.old)).toContain(own);
    expect((await scene.old.call("POST", `v1/recoveries/${scene.robbery}/repudiate`)).status).toBe(200);
    expect((await contactsOf(scene.old)).toSorted()).toEqual([scene.contact, own].toSorted());
  });
});

/**
 * The owner has proven an account with push; a thief's device has uploaded it as one that uses only codes.
 */
async function aDisguise() {
  const scene = await aRecovery({ personal: aProvablePersonal({ usesPush: true }) });
  const { owner, watched, phone, personal } = scene;
  const { id } = startedIn(await start(scene));
  const proof = { code: watched.lastCode(), credential: aPushKey().credential };
  expect((await answer(phone, id, proof)).status).toBe(200);
  const thief = await aPhone({ owner, app: watched.app });
  const recovered = await recover(thief);
  expect(recovered.status).toBe(200);
  const document = aBackup([{ ...personal, usesPush: false }]);
  await upload(thief, { document, headers: replacing(recovered) });
  return { ...scene, thief };
}

const planOf = async (phone: CheckedPhone) => {
  const body = { platform: "android", existingAccounts: [] };
  return (await phone.call("POST", "v1/recovery-plans", { body })).body;
};

describe.concurrent("an account with push", () => {
  const stepUp = { outcome: "step-up", reason: "uses-push" };

  it("R15 needs step-up whatever a thief's upload says of it, in the plan and in the recovery", async () => {
    const { thief } = await aDisguise();
    expect(await planOf(thief)).toMatchObject({ accounts: [stepUp] });
    const reply = await recover(thief);
    expect(recoveredIn(reply).accounts).toMatchObject([stepUp]);
    expect(JSON.stringify(reply.body)).not.toContain("otpauth");
  });

  it("R15 still needs it once the device with the push credential is revoked", async () => {
    const { thief, phone, old } = await aDisguise();
    await revoke(old, phone);
    expect(await planOf(thief)).toMatchObject({ accounts: [stepUp] });
    expect(recoveredIn(await recover(thief)).accounts).toMatchObject([stepUp]);
  });
});
