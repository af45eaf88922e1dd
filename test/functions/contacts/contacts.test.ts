/** Contacts: confirmed by a code, shown masked, and every change told to all the others. */
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { HOUR } from "../../../lib/domain/clock.ts";
import { ContactStatus } from "../../../lib/http/replies/contact-status.ts";
import type { CheckedPhone } from "../../support/phones.ts";
import { signInAt } from "../../support/phones.ts";
import { aContact, anAppToWatch, idIn, wrongOf } from "../../support/step-up.ts";
import { anOwnerWithBackup, refused } from "../helpers.ts";

async function aWatchedOwner(settings: Record<string, string> = {}) {
  const watched = anAppToWatch({ settings });
  return { watched, ...(await anOwnerWithBackup({ app: watched.app })) };
}

const email = (change: object = {}) => ({
  channel: "email",
  address: `canary-${crypto.randomUUID()}@mail.example`,
  language: "en",
  ...change,
});
const add = (phone: CheckedPhone, body: object) => phone.call("POST", "v1/contacts", { body });
const confirm = (phone: CheckedPhone, id: string, code: string) =>
  phone.call("POST", `v1/contacts/${id}/confirm`, { body: { code } });
const listed = async (phone: CheckedPhone) =>
  z.object({ contacts: z.array(ContactStatus) }).parse((await phone.call("GET", "v1/contacts")).body)
    .contacts;

describe.concurrent("a contact", () => {
  it("R19 counts once its code was entered, and is shown masked", async () => {
    const { watched, phone } = await aWatchedOwner();
    const added = await add(phone, email({ address: "canary-anna@Mail.EXAMPLE" }));
    expect(added.status).toBe(201);
    expect(added.body).toMatchObject({ masked: "c•••@m•••.example" });
    expect(JSON.stringify(added.body)).not.toContain("anna");
    const [letter] = watched.codes();
    expect(letter?.to).toEqual({ channel: "email", address: "canary-anna@mail.example", language: "en" });
    expect((await listed(phone))[0]).not.toHaveProperty("verifiedAt");
    expect((await confirm(phone, idIn(added), watched.lastCode())).status).toBe(200);
    expect((await listed(phone))[0]).toHaveProperty("verifiedAt");
  });

  it("R19 a phone number is accepted as people write it, and stored as E.164", async () => {
    const { watched, phone } = await aWatchedOwner();
    const added = await add(phone, { channel: "phone", address: "+46 (0)70-123 45 67", language: "sv" });
    expect(added.status).toBe(201);
    const second = await add(phone, { channel: "phone", address: "+46 70-123 45 67", language: "sv" });
    expect(second.body).toMatchObject({ masked: "+46•••••••67" });
    expect(watched.codes().at(-1)?.to.address).toBe("+46701234567");
  });

  it("R19 R41 an invalid address is refused by name", async () => {
    const { phone, watched } = await aWatchedOwner();
    const cases = [
      email({ address: "" }),
      email({ address: "anna" }),
      email({ address: "anna@" }),
      email({ address: ["a@b.example"] }),
      email({ address: `${"a".repeat(250)}@mail.example` }),
      { channel: "phone", address: "0701234567", language: "sv" },
      { channel: "phone", address: "+46 70", language: "sv" },
      { channel: "phone", address: "+999123456789", language: "sv" },
    ];
    for (const body of cases) {
      expect(refused(await add(phone, body), "invalid-request").errors?.[0]?.at, JSON.stringify(body)).toBe(
        "/address",
      );
    }
    expect(refused(await add(phone, email({ language: "xx" })), "invalid-request").errors?.[0]?.at).toBe(
      "/language",
    );
    expect(watched.codes()).toHaveLength(0);
  });

  it("R19 a service without a number for messages takes no phones", async () => {
    const { phone } = await aWatchedOwner({ SMS_SENDER: undefined as unknown as string });
    const body = { channel: "phone", address: "+46701234567", language: "sv" };
    expect(refused(await add(phone, body), "invalid-request").errors?.[0]?.at).toBe("/channel");
  });

  it("R19 R24 a wrong code is counted, the fifth ends the challenge, another add sends another code", async () => {
    const { watched, phone } = await aWatchedOwner();
    const body = email();
    const id = idIn(await add(phone, body));
    const wrong = wrongOf(watched.lastCode());
    for (let n = 0; n < 5; n++) refused(await confirm(phone, id, wrong), "answer-wrong");
    refused(await confirm(phone, id, watched.lastCode()), "challenge-not-found");
    refused(await add(phone, body), "too-many-tries");
    watched.clock.pass(30_000);
    const again = await add(phone, body);
    expect(idIn(again)).toBe(id);
    expect((await confirm(phone, id, watched.lastCode())).status).toBe(200);
    expect((await add(phone, body)).body).toHaveProperty("verifiedAt");
  });

  it("R19 every change is told to all others, including the removed one", async () => {
    const { watched, phone } = await aWatchedOwner();
    const [first, second] = ["canary-first@mail.example", "canary-second@mail.example"];
    await aContact(watched, phone, { address: first });
    const id = await aContact(watched, phone, { address: second, language: "sv" });
    const addresses = () =>
      watched
        .told()
        .at(-1)
        ?.recipients.map(({ address }) => address);
    expect(addresses()).toEqual([first]);
    expect((await phone.call("DELETE", `v1/contacts/${id}`)).status).toBe(204);
    expect(addresses()).toEqual([first, second]);
    expect(watched.told().map(({ activity }) => activity.kind)).toEqual([
      "contact-added",
      "contact-added",
      "contact-removed",
    ]);
    refused(await phone.call("DELETE", `v1/contacts/${id}`), "contact-not-found");
  });

  it("R19 the last confirmed contact is removed only after a fresh sign-in", async () => {
    const { watched, owner, phone } = await aWatchedOwner();
    const id = await aContact(watched, phone);
    const old = { ...signInAt(watched.clock.now()), authTime: Math.floor(Date.now() / 1000) - 3600 };
    await phone.signIn(owner, old);
    const remove = () => phone.call("DELETE", `v1/contacts/${id}`);
    refused(await remove(), "sign-in-too-old");
    expect(await listed(phone)).toHaveLength(1);
    await phone.signIn(owner, signInAt(watched.clock.now()));
    expect((await remove()).status).toBe(204);
  });

  it("R19 ten at most", async () => {
    const { watched, owner, phone } = await aWatchedOwner();
    for (let n = 0; n < 10; n++) expect((await add(phone, email())).status).toBe(201);
    refused(await add(phone, email()), "too-many-contacts");
    watched.clock.pass(HOUR);
    await phone.signIn(owner, signInAt(watched.clock.now()));
    expect(await listed(phone)).toHaveLength(10);
  });

  it("F28 R24 a country's numbers get only its share a day", async () => {
    const day = crypto.randomUUID();
    const { phone } = await aWatchedOwner({ SMS_DAILY_LIMITS: "46:0,*:1000" });
    const body = { channel: "phone", address: "+46701234567", language: "sv" };
    refused(await add(phone, body), "too-many-messages");
    expect((await add(phone, { ...body, address: "+4741234567" })).status, day).toBe(201);
  });
});
