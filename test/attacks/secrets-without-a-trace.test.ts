/** The thief wants the secrets, and nobody to hear of it: recovers, and erases the owner a second later. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HOUR, SECOND } from "../../lib/domain/clock.ts";
import { texts } from "../../lib/texts/languages.ts";
import { erase, expectErased, expectForgotten } from "../functions/erasure-scene.ts";
import { refused, upload } from "../functions/helpers.ts";
import type { App } from "../support/app.ts";
import { FaultLine } from "../support/fault-line.ts";
import { HoldLine } from "../support/hold-line.ts";
import { aPhone, signInAt } from "../support/phones.ts";
import { recover } from "../support/step-up.ts";
import { placeOf, sweep } from "../support/sweeping.ts";
import {
  aStage,
  aThief,
  aVictim,
  follow,
  hasSecrets,
  linkRead,
  type Stage,
  subjectsRead,
  type Victim,
} from "./scene.ts";

const { letters } = texts.en;
const ALARM = letters["recovery-requested"].subject;
const ERASED = letters.erased.subject;

let stage: Stage;
beforeEach(async () => {
  stage = await aStage();
});
afterEach(() => stage.queue.close());

/** At one host the recovery, at the other the erasure. `amid`: what happens in that second. */
async function rob(victim: Victim, amid: () => Promise<unknown> = async () => undefined) {
  const thief = await aThief(stage, victim);
  const recovered = await recover(thief);
  await amid();
  stage.pass(SECOND);
  thief.through(stage.hosts[1].fetch);
  expect((await erase(thief)).status).toBe(204);
  return { thief, recovered };
}
type Robbery = Awaited<ReturnType<typeof rob>>;

/** What the thief got, and what the contact has read once all is delivered. */
async function outcomeOf(victim: Victim, { recovered }: Robbery, by: App = stage.hosts[1]) {
  await stage.deliver(by);
  return { secrets: hasSecrets(recovered, victim), contactRead: subjectsRead(stage).toSorted() };
}
const HEARD = { secrets: true, contactRead: [ALARM, ERASED] };

const contactOf = ({ contact }: Victim) => `v1/contacts/${contact}`;
const phoneOf = ({ phone }: Victim) => `v1/devices/${phone.deviceId}`;

describe("R18 R35 the alarm reaches the contact once", () => {
  it("R18 R35 though it waits in the queue while its owner is erased", async () => {
    const victim = await aVictim(stage);
    expect(await outcomeOf(victim, await rob(victim))).toEqual(HEARD);
    await expectErased(victim.owner, { hadContact: true });
  });

  it("R18 R35 though its letter waits there, and is tried again after the erasure", async () => {
    const victim = await aVictim(stage);
    const robbery = await rob(victim, () => stage.deliver(stage.hosts[0], 1));
    stage.mail.failing = 2;
    expect(await outcomeOf(victim, robbery)).toEqual(HEARD);
    await expectErased(victim.owner, { hadContact: true });
  });

  it("R18 R35 at an instance that still has the owner's key, and at one that has just started", async () => {
    for (const by of [stage.hosts[0], stage.another()]) {
      const victim = await aVictim(stage);
      stage.read.length = 0;
      expect(await outcomeOf(victim, await rob(victim), by)).toEqual(HEARD);
    }
  });

  it("R18 R35 while the erasure is under way, and after it", async () => {
    for (const call of ["write owner-keys/", "writeMetadata owner-keys/"]) {
      const victim = await aVictim(stage);
      stage.read.length = 0;
      const thief = await aThief(stage, victim);
      const recovered = await recover(thief);
      stage.pass(SECOND);
      const line = new HoldLine((made) => made.startsWith(call));
      thief.through(stage.another({ through: line.through }).fetch);
      const erasing = erase(thief);
      expect({ call, isHeld: await line.holds(erasing) }).toEqual({ call, isHeld: true });
      const outcome = await outcomeOf(victim, { thief, recovered });
      line.letGo();
      expect((await erasing).status).toBe(204);
      await stage.deliver(stage.hosts[1]);
      expect({ call, ...outcome }).toEqual({ call, ...HEARD });
      expect(subjectsRead(stage)).toHaveLength(2);
    }
  });

  it("R18 R35 though the erasure is cut off at any write, and another goes on with it", async () => {
    for (const at of [1, 2, 3, 4]) {
      const victim = await aVictim(stage);
      stage.read.length = 0;
      const thief = await aThief(stage, victim);
      const recovered = await recover(thief);
      stage.pass(SECOND);
      const line = new FaultLine({ stays: true });
      line.arm({ how: "lost", at });
      thief.through(stage.another({ through: line.through, mayFail: true }).fetch);
      expect({ at, status: (await erase(thief)).status }).toEqual({ at, status: 503 });
      await stage.deliver(stage.hosts[1], 1);
      thief.through(stage.another().fetch);
      expect({ at, status: (await erase(thief)).status }).toEqual({ at, status: 204 });
      expect({ at, ...(await outcomeOf(victim, { thief, recovered })) }).toEqual({ at, ...HEARD });
      await expectErased(victim.owner, { hadContact: true });
    }
  });

  it("R18 R35 though its owner is forgotten by then, and leaves nothing behind of them", async () => {
    const victim = await aVictim(stage);
    const robbery = await rob(victim);
    stage.pass(72 * HOUR - 2 * SECOND);
    const app = stage.another();
    await stage.deliver(app, 1);
    stage.pass(2 * SECOND);
    await sweep({ app, clock: { now: stage.clock, pass: stage.pass } }, "owners", victim.owner);
    await expectForgotten(victim.owner);
    await outcomeOf(victim, robbery, stage.another());
    await expectForgotten(victim.owner);
    expect(await app.services.owners.find(placeOf(victim.owner).owner)).toBeUndefined();
  });
});

describe("R18 R35 whatever else is told reaches the contact, too", () => {
  it.each([
    ["an export", letters.exported.subject, "GET", () => "v1/me/export"],
    ["a contact's removal", letters["contact-removed"].subject, "DELETE", contactOf],
    ["a phone's removal", letters["device-revoked"].subject, "DELETE", phoneOf],
  ] as const)("R18 R35 %s that is followed by an erasure", async (_, subject, method, path) => {
    const victim = await aVictim(stage);
    const thief = await aThief(stage, victim);
    const recovered = await recover(thief);
    await stage.deliver(stage.hosts[0]);
    // A young device may do none of this: the thief waits until it isn't one any more.
    stage.pass(73 * HOUR);
    await thief.signIn(victim.owner, signInAt(stage.clock()));
    expect((await thief.call(method, path(victim))).status).toBeLessThan(300);
    stage.pass(SECOND);
    thief.through(stage.hosts[1].fetch);
    expect((await erase(thief)).status).toBe(204);
    const { contactRead } = await outcomeOf(victim, { thief, recovered });
    expect(contactRead).toEqual([subject, ALARM, ERASED].toSorted());
  });
});

describe("R18 R35 the link of the alarm", () => {
  const open = (method: string) => follow(stage.another(), linkRead(stage), method);

  it("R18 R35 says what happened and what to do, in the contact's language", async () => {
    for (const [language, words] of [
      ["en", ["Everything was erased", "change it now", "the accounts in your authenticator"]],
      ["sv", ["Allt har raderats", "byt det nu", "kontona i din autentiseringsapp"]],
    ] as const) {
      const victim = await aVictim(stage, language);
      stage.read.length = 0;
      await outcomeOf(victim, await rob(victim));
      for (const method of ["GET", "POST", "GET"]) {
        const { status, html } = await open(method);
        expect({ language, method, status }).toEqual({ language, method, status: 200 });
        for (const word of words) expect(html).toContain(word);
      }
      await expectErased(victim.owner, { hadContact: true });
    }
  });

  it("R18 R33 R35 tells it to nobody else: any other link gets the page of unknown ones", async () => {
    const victim = await aVictim(stage);
    await outcomeOf(victim, await rob(victim));
    const changed = linkRead(stage).replace(/.(?=\?)/, (letter) => (letter === "A" ? "B" : "A"));
    const unknown = await follow(stage.another(), linkRead(stage).replace(/[^/]+(?=\?)/, "nothing"));
    expect(unknown.status).toBe(404);
    expect(await follow(stage.another(), changed)).toEqual(unknown);
    expect(await follow(stage.another(), changed, "POST")).toEqual(unknown);
  });

  it("R18 R35 shuts the thief's phone out of what it has begun anew", async () => {
    const victim = await aVictim(stage);
    const robbery = await rob(victim);
    await outcomeOf(victim, robbery);
    await upload(robbery.thief);
    expect((await open("POST")).html).toContain("It is shut out");
    refused(await robbery.thief.call("GET", "v1/backups"), "device-revoked");
  });

  it("R18 R35 says it, too, when the owner has begun anew without the thief, and harms nothing", async () => {
    const victim = await aVictim(stage);
    await outcomeOf(victim, await rob(victim));
    stage.pass(HOUR);
    const phone = await aPhone({ owner: victim.owner, app: stage.another() });
    await upload(phone);
    stage.pass(100 * HOUR);
    const app = stage.another();
    await sweep({ app, clock: { now: stage.clock, pass: stage.pass } }, "owners", victim.owner);
    for (const method of ["GET", "POST"])
      expect((await open(method)).html).toContain("Everything was erased");
    await phone.signIn(victim.owner, signInAt(stage.clock()));
    expect((await phone.call("GET", "v1/backups/android")).status).toBe(200);
  });
});

describe("R18 R35 the last letter", () => {
  const lastLetter = () => stage.read.find(({ subject }) => subject === ERASED)?.text ?? "";

  it("R18 R35 tells of what happened before, though the log knows nothing of it yet", async () => {
    const victim = await aVictim(stage);
    const { contact, phone } = victim;
    expect((await phone.call("GET", "v1/me/export")).status).toBe(200);
    await stage.deliver(stage.hosts[0]);
    const at = stage.clock().toISOString().slice(0, 16).replace("T", " ");
    await outcomeOf(victim, await rob(victim, () => phone.call("DELETE", `v1/contacts/${contact}`)));
    for (const line of [
      "accounts recovered on a device",
      "a device added (2 ×)",
      "everything exported",
      "a contact removed",
    ])
      expect(lastLetter()).toContain(`- ${line}: ${at} UTC\n`);
  });

  it("R35 tells of nothing where nothing happened", async () => {
    const victim = await aVictim(stage);
    stage.pass(100 * HOUR);
    await victim.phone.signIn(victim.owner, signInAt(stage.clock()));
    expect((await erase(victim.phone)).status).toBe(204);
    await stage.deliver(stage.hosts[1]);
    expect(lastLetter()).not.toContain("\n- ");
  });
});
