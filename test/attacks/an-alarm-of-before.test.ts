/** A thief wants an alarm that the owner has had before: what comes twice is sent once. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { DAY, HOUR, MINUTE } from "../../lib/domain/clock.ts";
import { texts } from "../../lib/texts/languages.ts";
import { erase } from "../functions/erasure-scene.ts";
import { refused, register, upload } from "../functions/helpers.ts";
import { crowded } from "../support/meanwhile.ts";
import { aPhone, type CheckedPhone, signInAt } from "../support/phones.ts";
import { idIn } from "../support/step-up.ts";
import { aStage, aThief, aVictim, type Stage, subjectsRead, type Victim } from "./scene.ts";

const { letters } = texts.en;

let stage: Stage;
beforeEach(async () => {
  stage = await aStage();
});
afterEach(() => stage.queue.close());

/** How many letters with these subjects the contact has read by now, each sent once. */
async function read(...kinds: (keyof typeof letters)[]): Promise<number[]> {
  await stage.deliver(stage.hosts[1]);
  const subjects = subjectsRead(stage);
  return kinds.map((kind) => subjects.filter((each) => each === letters[kind].subject).length);
}

/** The owner has begun anew after an erasure, with the same phone and the same contact. */
async function beginAnew({ owner, phone }: Victim, address: string) {
  await phone.signIn(owner, signInAt(stage.clock()));
  await upload(phone);
  const added = await phone.call("POST", "v1/contacts", {
    body: { channel: "email", address, language: "en" },
  });
  await stage.deliver(stage.hosts[0]);
  const code = /\b\d{6}\b/.exec(stage.read.at(-1)?.text ?? "")?.[0];
  const confirmed = await phone.call("POST", `v1/contacts/${idIn(added)}/confirm`, { body: { code } });
  expect(confirmed.status, JSON.stringify(confirmed.body)).toBe(200);
  stage.pass(MINUTE);
}

/** Comes in and shuts the owner's phone out, at the other host. */
async function come(thief: CheckedPhone, { owner, phone }: Victim) {
  await thief.signIn(owner, signInAt(stage.clock()));
  thief.through(stage.hosts[1].fetch);
  await register(thief);
  expect((await thief.call("DELETE", `v1/devices/${phone.deviceId}`)).status).toBe(202);
}

it("R18 R35 the same device is announced again to an owner who has erased everything and begun anew", async () => {
  const victim = await aVictim(stage);
  const thief = await aThief(stage, victim);
  await come(thief, victim);
  const kinds = ["device-registered", "device-suspended"] as const;
  const before = await read(...kinds);
  const address = stage.read[0]?.address ?? expect.fail("nobody was told");
  expect((await erase(thief)).status).toBe(204);
  await stage.deliver(stage.hosts[0]);
  await beginAnew(victim, address);
  await come(thief, victim);
  expect({ before, after: await read(...kinds) }).toEqual({ before: [1, 1], after: [2, 2] });
});

it("R18 a device that was announced, and couldn't come then, is announced again when it does", async () => {
  const victim = await aVictim(stage);
  const { owner } = victim;
  const { state, through } = crowded("owners/");
  const coming = await aPhone({ owner, app: stage.another({ through }) });
  state.left = 100;
  const body = { platform: "android", name: "canary-phone" };
  refused(await coming.call("POST", "v1/devices", { body }), "busy");
  const before = await read("device-registered");
  stage.pass(DAY + HOUR);
  await coming.signIn(owner, signInAt(stage.clock()));
  coming.through(stage.hosts[1].fetch);
  await register(coming);
  expect({ before, after: await read("device-registered") }).toEqual({ before: [1], after: [2] });
});
