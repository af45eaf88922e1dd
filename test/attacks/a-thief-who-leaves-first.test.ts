/** A thief's device is gone before anybody presses the link: what it did is to stay. */
import { describe, expect, it } from "vitest";
import { HOUR } from "../../lib/domain/clock.ts";
import { aRegisteredPhone, refused } from "../functions/helpers.ts";
import { aPhone, type CheckedPhone, signInAt } from "../support/phones.ts";
import { aContact, recover } from "../support/step-up.ts";
import { sweep } from "../support/sweeping.ts";
import { aTheft, type Theft } from "../support/theft.ts";
import { followLinkAbout, kindIn } from "./thief.ts";

const revoke = (by: CheckedPhone, { deviceId }: CheckedPhone) => by.call("DELETE", `v1/devices/${deviceId}`);

/** So many devices of the thief's come and go. */
async function comeAndGo({ owner, watched }: Theft, count: number) {
  for (let n = 0; n < count; n++) {
    watched.clock.pass(100);
    const another = await aRegisteredPhone(owner, { app: watched.app });
    await revoke(another, another);
  }
}

/**
 * The thief's device adds a contact, shuts the owner's phone out, asks for an erasure, and revokes itself.
 * `others`: how many came and went before.
 */
async function anExit(others = 0) {
  const theft = await aTheft({ settings: { ERASURE_DELAY_HOURS: "72" } });
  const { watched, phone, owner } = theft;
  await comeAndGo(theft, others);
  const thief = others > 0 ? await aRegisteredPhone(owner, { app: watched.app }) : theft.thief;
  const theirs = await aContact(watched, thief, { address: "canary-thief@mail.example" });
  expect((await revoke(thief, phone)).status).toBe(202);
  expect((await thief.call("DELETE", "v1/me?confirm=erase-everything")).status).toBe(202);
  expect((await revoke(thief, thief)).status).toBe(204);
  watched.clock.pass(1000);
  return { ...theft, thief, theirs };
}
type Exit = Awaited<ReturnType<typeof anExit>>;

/** What is left of it, once the time for the revocation and the erasure is over. */
async function left({ watched, owner, phone, second, theirs }: Exit) {
  watched.clock.pass(73 * HOUR);
  await sweep(watched, "owners", owner);
  for (const each of [phone, second]) await each.signIn(owner, signInAt(watched.clock.now()));
  const contacts = await second.call("GET", "v1/contacts");
  return {
    phone: kindIn(await phone.call("GET", "v1/backups/android")),
    contact: JSON.stringify(contacts.body).includes(theirs),
  };
}
const NOTHING = { phone: 200, contact: false };

/** The titles and buttons of the page before, after the press, and later. */
async function follow(theft: Theft, device: CheckedPhone) {
  const pages = [];
  for (const method of ["GET", "POST", "GET"]) pages.push(await followLinkAbout(theft, device, method));
  return pages.map(({ status, html }) => [status, /<button>(.*)<\/button>/.exec(html)?.[1]]);
}
const UNDONE = [
  [200, "This was not me: undo what it did"],
  [200, undefined],
  [200, undefined],
];

describe.concurrent("the link about a device that has no access", () => {
  it("R18 R45 undoes what a device did that has revoked itself, and its request for erasure", async () => {
    const exit = await anExit();
    expect(await follow(exit, exit.thief)).toEqual(UNDONE);
    expect(await left(exit)).toEqual(NOTHING);
  });

  it("R18 R45 does so though so many others came and went that it isn't listed any more", async () => {
    const exit = await anExit(100);
    await comeAndGo(exit, 1);
    const devices = JSON.stringify((await exit.second.call("GET", "v1/devices")).body);
    expect(devices).not.toContain(exit.thief.deviceId);
    expect(await follow(exit, exit.thief)).toEqual(UNDONE);
    expect(await left(exit)).toEqual(NOTHING);
  }, 60_000);

  it("R18 keeps a device out that has only asked, and hasn't come yet", async () => {
    const theft = await aTheft();
    const { owner, watched } = theft;
    const coming = await aPhone({ owner, app: watched.another() });
    coming.through(watched.app.fetch);
    expect(kindIn(await recover(coming, { plan: "made up" }))).toBe("plan-outdated");
    expect(await follow(theft, coming)).toEqual(UNDONE);
    expect(watched.told().map(({ activity }) => activity.kind)).toContain("device-repudiated");
    refused(await recover(coming), "device-revoked");
    for (const platform of ["android", "ios"])
      refused(
        await coming.call("POST", "v1/devices", { body: { platform, name: "canary" } }),
        "device-revoked",
      );
  });
});
