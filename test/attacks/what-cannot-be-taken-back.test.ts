/** A thief who has just come in wants what the owner can't take back: all secrets, no contacts, a ticket. */
import { expect, it } from "vitest";
import { aRegisteredPhone, refused } from "../functions/helpers.ts";
import { typeIn } from "../support/problem-type.ts";
import { aContact, aRecovery } from "../support/step-up.ts";
import { aTheft, type Theft } from "../support/theft.ts";

/** What the thief's device is answered. */
const taken = async ({ contact, address, second }: Theft, thief = second) => ({
  export: typeIn(await thief.call("GET", "v1/me/export")),
  contactRemoved: typeIn(await thief.call("DELETE", `v1/contacts/${contact}`)),
  contactInAnotherLanguage: typeIn(
    await thief.call("POST", "v1/contacts", { body: { channel: "email", address, language: "sv" } }),
  ),
  phoneRenamed: typeIn(
    await thief.call("PATCH", `v1/devices/${second.deviceId}`, { body: { name: "canary-mine" } }),
  ),
});

const NOTHING = {
  export: "device-too-new",
  contactRemoved: "device-too-new",
  contactInAnotherLanguage: "device-too-new",
  phoneRenamed: "device-too-new",
};

it("R45 a device that is seconds old hands out nothing and removes nothing of before", async () => {
  const theft = await aTheft();
  expect(await taken(theft, theft.thief)).toEqual(NOTHING);
});

it("R45 nor does a second one that a contact of the first one's is to speak for", async () => {
  const theft = await aTheft();
  const { watched, owner, thief } = theft;
  const theirs = await aContact(watched, thief, { address: "canary-thief@mail.example" });
  watched.clock.pass(1000);
  const another = await aRegisteredPhone(owner, { app: watched.app });
  refused(await another.call("POST", `v1/contacts/${theirs}/code`), "contact-unusable");
  refused(await thief.call("POST", `v1/contacts/${theirs}/code`), "contact-unusable");
  expect(await taken(theft, another)).toEqual(NOTHING);
});

it("R45 nor does it take back an erasure that the owner has asked for", async () => {
  const { phone, second, thief } = await aTheft({ settings: { ERASURE_DELAY_HOURS: "72" } });
  expect((await phone.call("DELETE", "v1/me?confirm=erase-everything")).status).toBe(202);
  refused(await thief.call("POST", "v1/me/keep"), "device-too-new");
  expect((await second.call("POST", "v1/me/keep")).status).toBe(204);
  expect((await thief.call("DELETE", "v1/me?confirm=erase-everything")).status).toBe(202);
  expect((await thief.call("POST", "v1/me/keep")).status).toBe(204);
});

it("R23 R45 nor does it get a ticket for a work account", async () => {
  const { phone } = await aRecovery();
  const account = { kind: "work", issuer: "https://sts.example", tenant: "contoso", userName: "canary" };
  const reply = await phone.call("POST", "v1/device-tickets", { body: { account } });
  refused(reply, "device-too-new");
});
