/** Limits of step-up: how long codes are valid, how many guesses count, and how often codes are sent. */
import { describe, expect, it } from "vitest";
import { HOUR, SECOND } from "../../../lib/domain/clock.ts";
import { newTicketCode } from "../../../lib/domain/step-up/ticket.ts";
import { signInAt } from "../../support/phones.ts";
import { anAppToWatch, answer, aRecovery, idIn, start, startedIn, wrongOf } from "../../support/step-up.ts";
import { refused } from "../helpers.ts";

describe.concurrent("codes", () => {
  it("F3 R24 a code is accepted after 599 s and refused after 600 s", async () => {
    for (const [seconds, status] of [
      [599, 200],
      [600, 404],
    ] as const) {
      const scene = await aRecovery();
      const { id } = startedIn(await start(scene));
      scene.watched.clock.pass(seconds * SECOND);
      await scene.phone.signIn(scene.owner, signInAt(scene.watched.clock.now()));
      const reply = await answer(scene.phone, id, { code: scene.watched.lastCode() });
      expect(reply.status, JSON.stringify(reply.body)).toBe(status);
    }
  });

  it("F1 R24 the fifth wrong code ends the challenge, and the right one comes too late", async () => {
    const scene = await aRecovery();
    const { id } = startedIn(await start(scene));
    const code = scene.watched.lastCode();
    const left: (number | undefined)[] = [];
    for (let wrong = wrongOf(code), n = 0; n < 5; n++, wrong = wrongOf(wrong)) {
      left.push(refused(await answer(scene.phone, id, { code: wrong }), "answer-wrong").triesLeft);
    }
    expect(left).toEqual([4, 3, 2, 1, 0]);
    refused(await answer(scene.phone, id, { code }), "challenge-not-found");
    expect(scene.watched.told().filter(({ activity }) => activity.kind === "step-up-failed")).toHaveLength(5);
  });

  it("F1 R24 of fifty answers at once, with the right one among them, at most five are ever compared", async () => {
    let comparing = false;
    let compared = 0;
    const watched = anAppToWatch({
      keyedHash: (keyedHash) => ({
        hash(purpose, text) {
          if (comparing && purpose === "code") compared += 1;
          return keyedHash.hash(purpose, text);
        },
      }),
    });
    const scene = await aRecovery({ watched });
    const { id } = startedIn(await start(scene));
    const right = watched.lastCode();
    const codes = Array.from({ length: 50 }, (_, n) => (n === 25 ? right : String(n).padStart(6, "9")));
    comparing = true;
    const replies = await Promise.all(codes.map((code) => answer(scene.phone, id, { code })));
    expect(compared).toBeGreaterThanOrEqual(1);
    expect(compared).toBeLessThanOrEqual(5);
    expect(replies.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    expect(replies.filter(({ status }) => status === 403).length).toBeLessThanOrEqual(5);
  });

  it("F1 R24 the right answer alone gets the credential", async () => {
    const scene = await aRecovery();
    const { id } = startedIn(await start(scene));
    refused(await answer(scene.phone, id, { code: wrongOf(scene.watched.lastCode()) }), "answer-wrong");
    expect((await answer(scene.phone, id, { code: scene.watched.lastCode() })).status).toBe(200);
  });

  it("F20 R24 a code counts as its six digits, however it is typed", async () => {
    const scene = await aRecovery();
    const from = (zero: number) => (code: string) =>
      code.replaceAll(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));
    const written: ((code: string) => string)[] = [
      (code) => `\u00a0${code.slice(0, 3)}\u202f${code.slice(3)}. `,
      (code) => `“${code}”`,
      (code) => `\u202a${Array.from(code).join("-")}\u202c`,
      from(0xff10),
      from(0x660),
    ];
    for (const [at, write] of written.entries()) {
      const added = await scene.phone.call("POST", "v1/contacts", {
        body: { channel: "email", address: `canary-typed${at}@mail.example`, language: "en" },
      });
      const code = write(scene.watched.lastCode());
      const path = `v1/contacts/${idIn(added)}/confirm`;
      expect((await scene.phone.call("POST", path, { body: { code } })).status, code).toBe(200);
    }
    const { id } = startedIn(await start(scene));
    const code = ` ${from(0x966)(scene.watched.lastCode())}.`;
    expect((await answer(scene.phone, id, { code })).status).toBe(200);
  });

  it("F5 R24 of fifty right answers at once, exactly one gets a credential", async () => {
    const scene = await aRecovery();
    const { id } = startedIn(await start(scene));
    const code = scene.watched.lastCode();
    const replies = await Promise.all(Array.from({ length: 50 }, () => answer(scene.phone, id, { code })));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    refused(await answer(scene.phone, id, { code }), "challenge-not-found");
  });

  it("F2 R24 a new challenge doesn't reset the owner's failures, and waits grow", async () => {
    const scene = await aRecovery();
    const { watched, phone, owner } = scene;
    const waits: (number | undefined)[] = [];
    for (let round = 0; round < 3; round++) {
      const { id } = startedIn(await start(scene));
      const wrong = wrongOf(watched.lastCode());
      let reply = await answer(phone, id, { code: wrong });
      for (let n = 1; n < 5; n++) {
        watched.clock.pass(HOUR / 60);
        reply = await answer(phone, id, { code: wrong });
      }
      refused(reply, "answer-wrong");
      const tooSoon = await start(scene);
      waits.push(refused(tooSoon, "too-many-tries").retryAfterSeconds);
      watched.clock.pass(HOUR);
      await phone.signIn(owner, signInAt(watched.clock.now()));
    }
    expect(waits).toEqual([30, 60, 120]);
  });

  it("F4 R24 a code counts only for its own challenge, account, device and purpose", async () => {
    const watched = anAppToWatch();
    const other = await aRecovery({ watched });
    const scene = await aRecovery({ watched });
    const { phone, old } = scene;
    await other.phone.signIn(other.owner, signInAt(watched.clock.now()));
    const theirs = idIn(await start(other));
    const theirCode = watched.lastCode();
    const email = { channel: "email", address: `canary-${crypto.randomUUID()}@mail.example`, language: "sv" };
    const contact = idIn(await phone.call("POST", "v1/contacts", { body: email }));
    const contactCode = watched.lastCode();
    const id = idIn(await start(scene));
    const code = watched.lastCode();
    const confirm = (typed: string) =>
      phone.call("POST", `v1/contacts/${contact}/confirm`, { body: { code: typed } });
    refused(await answer(old, id, { code }), "challenge-not-found");
    refused(await answer(phone, theirs, { code: theirCode }), "challenge-not-found");
    refused(await answer(phone, id, { ticket: newTicketCode() }), "challenge-not-found");
    if (contactCode !== code) refused(await confirm(code), "answer-wrong");
    if (contactCode !== code) refused(await answer(phone, id, { code: contactCode }), "answer-wrong");
    if (theirCode !== code) refused(await answer(phone, id, { code: theirCode }), "answer-wrong");
    expect((await answer(phone, id, { code })).status).toBe(200);
    expect((await confirm(contactCode)).status).toBe(200);
  });

  it("F20 R24 codes that aren't six digits are refused by name, uncounted", async () => {
    const scene = await aRecovery();
    const { id } = startedIn(await start(scene));
    const odd = [
      "",
      "12345",
      "1234567",
      "12345a",
      "①②③④⑤⑥",
      "12345²",
      "123 456 7",
      " ".repeat(1_000_000),
      "1".repeat(1_000_000),
      ["123456"],
      123456,
      null,
      { $ne: 1 },
    ];
    for (const code of odd) {
      const problem = refused(await answer(scene.phone, id, { code }), "invalid-request");
      expect(problem.errors?.[0]?.at).toBe("/code");
    }
    const polluting = `{"code":"123456","__proto__":{"code":"1"}}`;
    const reply = await scene.phone.call("POST", `v1/step-ups/${id}/answer`, { body: polluting });
    refused(reply, "invalid-request");
    for (const body of [{}, { code: scene.watched.lastCode(), ticket: "x" }]) {
      refused(await answer(scene.phone, id, body), "invalid-request");
    }
    expect((await answer(scene.phone, id, { code: scene.watched.lastCode() })).status).toBe(200);
  });

  it("R24 R19 F28 three codes an hour to one contact, and ten a day", async () => {
    const scene = await aRecovery();
    const { watched } = scene;
    const ask = async () => {
      await scene.phone.signIn(scene.owner, signInAt(watched.clock.now()));
      return await start(scene);
    };
    let sent = 0;
    for (let hour = 0; hour < 4 && sent < 10; hour++) {
      for (let n = 0; n < 3 && sent < 10; n++, sent++) expect((await ask()).status).toBe(201);
      if (sent < 10) refused(await ask(), "too-many-messages");
      watched.clock.pass(HOUR);
    }
    const wait = refused(await ask(), "too-many-messages").retryAfterSeconds ?? 0;
    expect(wait).toBe(20 * 3600);
    watched.clock.pass(wait * SECOND);
    expect((await ask()).status).toBe(201);
  });

  it("R19 R20 an unconfirmed or too new contact can't be used while an older one exists", async () => {
    const scene = await aRecovery();
    const { watched, phone } = scene;
    const added = await phone.call("POST", "v1/contacts", {
      body: { channel: "phone", address: "+46 70 123 45 67", language: "sv" },
    });
    const id = idIn(added);
    refused(await start(scene, { contact: id }), "contact-unusable");
    await phone.call("POST", `v1/contacts/${id}/confirm`, { body: { code: watched.lastCode() } });
    expect(refused(await start(scene, { contact: id }), "contact-unusable").usableInSeconds).toBe(72 * 3600);
    expect((await scene.old.call("DELETE", `v1/contacts/${scene.contact}`)).status).toBe(204);
    refused(await start(scene, { contact: id }), "contact-unusable");
    refused(await start(scene, { contact: scene.contact }), "contact-not-found");
    watched.clock.pass(72 * HOUR);
    await phone.signIn(scene.owner, signInAt(watched.clock.now()));
    expect((await start(scene, { contact: id })).status).toBe(201);
  });
});
