/** A thief wants a contact of their own to stay when the owner has found and ended their device. */
import { describe, expect, inject, it } from "vitest";
import * as z from "zod";
import { HOUR } from "../../lib/domain/clock.ts";
import { capabilityFor } from "../../lib/domain/devices/repudiation.ts";
import { DeviceId, ownerIdOf } from "../../lib/domain/owner.ts";
import { aRegisteredPhone } from "../functions/helpers.ts";
import { type CheckedPhone, signInAt } from "../support/phones.ts";
import { aContact, recover, recoveredIn, vouch } from "../support/step-up.ts";
import { aTheft, type Theft } from "../support/theft.ts";

const AddedBy = z.object({ id: z.string(), name: z.string() });
const Contacts = z.object({ contacts: z.array(z.object({ id: z.string(), addedBy: AddedBy.optional() })) });

/** The thief's device has been there for days; it has added a contact and removed the owner's. */
async function aRobbery() {
  const theft = await aTheft();
  const { watched, owner, phone, second, thief, contact } = theft;
  const { id: recovery } = recoveredIn(await recover(thief));
  watched.clock.pass(73 * HOUR);
  const signIn = async () => {
    for (const each of [phone, second, thief]) await each.signIn(owner, signInAt(watched.clock.now()));
  };
  await signIn();
  const theirs = await aContact(watched, thief, { address: "canary-thief@mail.example" });
  expect((await thief.call("DELETE", `v1/contacts/${contact}`)).status).toBe(204);
  return { ...theft, theirs, recovery, signIn };
}
type Robbery = Awaited<ReturnType<typeof aRobbery>>;

/** Whose contacts are left. */
async function left({ phone, contact, theirs }: Robbery) {
  const { contacts } = Contacts.parse((await phone.call("GET", "v1/contacts")).body);
  const ids = contacts.map(({ id }) => id);
  return { owners: ids.includes(contact), thiefs: ids.includes(theirs) };
}

const revoke = async (by: CheckedPhone, { deviceId }: CheckedPhone) =>
  expect((await by.call("DELETE", `v1/devices/${deviceId}`)).status).toBe(204);

async function press({ watched, owner: subject, thief }: Theft) {
  const { api, issuer } = inject("surroundings");
  const of = { owner: ownerIdOf({ issuer, subject }), device: DeviceId.parse(thief.deviceId) };
  const capability = await capabilityFor(watched.app.services.keyedHash, of, watched.clock.now());
  const init = { method: "POST", headers: { "content-length": "0" } };
  expect((await watched.app.fetch(`${api}/v1/alarms/${capability}`, init)).status).toBe(200);
}

describe.concurrent("what a device did to contacts", () => {
  it("R45 is seen: each contact says which device added it", async () => {
    const { phone, thief } = await aRobbery();
    const { contacts } = Contacts.parse((await phone.call("GET", "v1/contacts")).body);
    expect(contacts.map(({ addedBy }) => addedBy)).toEqual([
      { id: thief.deviceId, name: expect.stringContaining("canary") },
    ]);
  });

  it.each<[string, (scene: Robbery) => Promise<void>]>([
    ["an older device revokes it", ({ second, thief }) => revoke(second, thief)],
    [
      "an older device says that its recovery was a stranger's",
      async ({ second, recovery }) =>
        expect((await second.call("POST", `v1/recoveries/${recovery}/repudiate`)).status).toBe(200),
    ],
    ["the link in an alarm is pressed", press],
  ])("R45 is undone when %s", async (_, end) => {
    const scene = await aRobbery();
    expect(await left(scene)).toEqual({ owners: false, thiefs: true });
    await end(scene);
    expect(await left(scene)).toEqual({ owners: true, thiefs: false });
  });

  it("R45 R35 goes with the erasure that it asked for, when an older device revokes it", async () => {
    const { watched, owner, second, thief } = await aTheft({ settings: { ERASURE_DELAY_HOURS: "72" } });
    expect((await thief.call("DELETE", "v1/me?confirm=erase-everything")).status).toBe(202);
    await revoke(second, thief);
    watched.clock.pass(100 * HOUR);
    await second.signIn(owner, signInAt(watched.clock.now()));
    expect((await second.call("GET", "v1/backups/android")).status).toBe(200);
  });

  it("R45 stays when a younger device ends it, or when the cooling-off time is over", async () => {
    const scene = await aRobbery();
    const { owner, watched, thief, signIn } = scene;
    const younger = await aRegisteredPhone(owner, { app: watched.app });
    watched.clock.pass(73 * HOUR);
    await signIn();
    await younger.signIn(owner, signInAt(watched.clock.now()));
    const another = await aContact(watched, thief, { address: "canary-another@mail.example" });
    await revoke(younger, thief);
    const { contacts } = Contacts.parse((await younger.call("GET", "v1/contacts")).body);
    expect(contacts.map(({ id }) => id)).toContain(another);
    await press(scene);
    expect(await left(scene)).toEqual({ owners: false, thiefs: true });
  });
});

describe.concurrent("a contact that a device added which had just come", () => {
  const address = "canary-thief@mail.example";
  /** Of what was told about this device: whether each message brings the thief's contact a link. */
  const linksAbout = ({ watched }: Theft, { deviceId }: CheckedPhone) =>
    watched
      .told()
      .filter(({ activity }) => activity.device?.id === deviceId)
      .map(({ activity: { kind }, recipients }) => [
        kind,
        recipients.find((each) => each.address === address)?.link ?? false,
      ]);

  it("R18 R45 can't end the phone by which the owner comes back, and is removed by that", async () => {
    const theft = await aTheft();
    const { watched, owner, contact, thief } = theft;
    const theirs = await aContact(watched, thief, { address });
    watched.clock.pass(1000);
    const back = await aRegisteredPhone(owner, { app: watched.app });
    await vouch(watched, back, contact);
    await revoke(back, thief);
    expect((await back.call("DELETE", `v1/contacts/${theirs}`)).status).toBe(204);
    expect(linksAbout(theft, back)).toEqual([
      ["device-registered", false],
      ["code-entered", false],
      ["device-revoked", false],
      ["contact-removed", false],
    ]);
  });

  it("R18 R45 gets the links of what comes when that device isn't young any more", async () => {
    const theft = await aTheft();
    const { watched, owner, phone, thief } = theft;
    await aContact(watched, thief, { address });
    watched.clock.pass(73 * HOUR);
    const later = await aRegisteredPhone(owner, { app: watched.app });
    expect(linksAbout(theft, later)).toEqual([["device-registered", true]]);
    await phone.signIn(owner, signInAt(watched.clock.now()));
    await aContact(watched, phone, { address: "canary-second@mail.example" });
    watched.clock.pass(1000);
    await aRegisteredPhone(owner, { app: watched.app });
    expect(
      watched
        .told()
        .at(-1)
        ?.recipients.map(({ link }) => link),
    ).toEqual([true, true, true]);
  });
});
