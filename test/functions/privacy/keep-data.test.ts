/** An erasure with a way back: it can be taken back until it begins, and then it goes on to its end. */

import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { Blobs } from "../../../lib/azure/stores/blobs.ts";
import { HOUR, later, SECOND } from "../../../lib/domain/clock.ts";
import { type App, anApp } from "../../support/app.ts";
import { deliverAll } from "../../support/delivering.ts";
import { FaultLine } from "../../support/fault-line.ts";
import { HoldLine } from "../../support/hold-line.ts";
import { aPhone, type CheckedPhone, signInAt } from "../../support/phones.ts";
import { anAppToWatch, aRecovery, type Recovery } from "../../support/step-up.ts";
import { sweep } from "../../support/sweeping.ts";
import { expectErased } from "../erased.ts";
import { refused } from "../helpers.ts";

const Later = z.object({ eraseAt: z.iso.datetime() });
const settings = { ERASURE_DELAY_HOURS: "24" };
const aDelayed = () => aRecovery({ watched: anAppToWatch({ settings }) });
const erase = (phone: CheckedPhone) => phone.call("DELETE", "v1/me?confirm=erase-everything");
const keep = (phone: CheckedPhone) => phone.call("POST", "v1/me/keep");

/** Asked for a day ago, and nobody has begun with it. */
async function aDue(past = 0): Promise<Recovery> {
  const scene = await aDelayed();
  expect((await erase(scene.phone)).status).toBe(202);
  scene.watched.clock.pass(24 * HOUR + past);
  for (const phone of [scene.old, scene.phone])
    await phone.signIn(scene.owner, signInAt(scene.watched.clock.now()));
  return scene;
}

const another = ({ watched }: Recovery, through: (blobs: Blobs) => Blobs): App =>
  anApp({ clock: watched.clock.now, settings, through });

describe.concurrent("an erasure with a way back", () => {
  it("R35 tells every contact, and the sweep erases when the time is over and not before", async () => {
    const { watched, owner, phone } = await aDelayed();
    const asked = await erase(phone);
    expect(asked.status).toBe(202);
    expect(new Date(Later.parse(asked.body).eraseAt).getTime() - watched.clock.now().getTime()).toBe(
      24 * HOUR,
    );
    expect(await erase(phone)).toMatchObject({ status: 202, body: asked.body });
    const alarms = watched.told().filter(({ activity }) => activity.kind === "erasure-requested");
    expect(alarms.map(({ recipients, eraseAt }) => [recipients.length, eraseAt])).toEqual([
      [1, later(watched.clock.now(), 24 * HOUR)],
    ]);
    watched.clock.pass(24 * HOUR - 1);
    await sweep(watched, "owners", owner);
    await phone.signIn(owner, signInAt(watched.clock.now()));
    expect((await phone.call("GET", "v1/backups/android")).status).toBe(200);
    watched.clock.pass(1);
    await sweep(watched, "owners", owner);
    await expectErased(owner, { hadContact: true });
  });

  it("R35 is taken back by any device of the owner's, and then nothing happens", async () => {
    const { watched, owner, old, phone } = await aDelayed();
    expect((await erase(phone)).status).toBe(202);
    await old.signIn(owner, signInAt(watched.clock.now()));
    expect((await old.call("POST", "v1/me/keep")).status).toBe(204);
    expect((await old.call("POST", "v1/me/keep")).status).toBe(204);
    watched.clock.pass(48 * HOUR);
    await sweep(watched, "owners", owner);
    await phone.signIn(owner, signInAt(watched.clock.now()));
    expect((await phone.call("GET", "v1/backups/android")).status).toBe(200);
  });

  it("R35 can be taken back a second too late, too, as long as nobody has begun with it", async () => {
    const { watched, owner, old, phone } = await aDue(SECOND);
    expect((await keep(old)).status).toBe(204);
    expect((await sweep(watched, "owners", owner)).handled).toBe(0);
    expect((await phone.call("GET", "v1/backups/android")).status).toBe(200);
  });

  it("R35 that has begun goes on to its end, and whoever wants to keep is told so", async () => {
    const scene = await aDue();
    const { owner, old, phone } = scene;
    const line = new FaultLine();
    line.arm({ how: "refused", at: 1, of: /^delete/ });
    phone.through(another(scene, line.through).fetch);
    expect((await erase(phone)).status).toBe(503);
    refused(await keep(old), "erasure-begun");
    await expectErased(owner, { hadContact: true });
    refused(await keep(await aPhone({ owner, app: scene.watched.app })), "erasure-begun");
  });

  it("R7 R35 that another completes while it is being taken back isn't said to be", async () => {
    const scene = await aDue();
    const { owner, old, phone } = scene;
    const line = new HoldLine((call) => call.startsWith("write owners/"));
    old.through(another(scene, line.through).fetch);
    const kept = keep(old);
    expect({ isHeld: await line.holds(kept) }).toEqual({ isHeld: true });
    expect((await erase(phone)).status).toBe(204);
    line.letGo();
    refused(await kept, "erasure-begun");
    await expectErased(owner, { hadContact: true });
  });

  it("R7 R35 that two take back at once is taken back, for both", async () => {
    const scene = await aDue();
    const line = new HoldLine((call) => call.startsWith("write owners/"));
    scene.old.through(another(scene, line.through).fetch);
    const kept = keep(scene.old);
    expect({ isHeld: await line.holds(kept) }).toEqual({ isHeld: true });
    expect((await keep(scene.phone)).status).toBe(204);
    line.letGo();
    expect((await kept).status).toBe(204);
    expect((await scene.phone.call("GET", "v1/backups/android")).status).toBe(200);
  });

  it("R18 R35 the letter says until when it can be taken back", async () => {
    const scene = await aDelayed();
    await erase(scene.phone);
    await deliverAll(scene);
    const letter = scene.watched.sent.findLast((item) => item.type === "letter");
    const eraseAt = later(scene.watched.clock.now(), 24 * HOUR);
    expect(letter).toMatchObject({ kind: "erasure-requested", eraseAt });
  });
});
