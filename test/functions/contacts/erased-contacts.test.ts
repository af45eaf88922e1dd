/** Erasing and beginning anew is no way around the cooling-off of contacts: that there was one is remembered for so long, and no longer. */
import { describe, expect, it } from "vitest";
import { HOUR } from "../../../lib/domain/clock.ts";
import { aBackup, nothingYet } from "../../support/builders.ts";
import { aPhone, type CheckedPhone, signInAt } from "../../support/phones.ts";
import {
  aContact,
  anAppToWatch,
  aProvablePersonal,
  aRecovery,
  idIn,
  type Recovery,
  recover,
  start,
} from "../../support/step-up.ts";
import { placeOf, sweep } from "../../support/sweeping.ts";
import { expectErased, expectForgotten } from "../erased.ts";
import { anOwnerWithBackup, refused } from "../helpers.ts";

const COOLING_OFF = 72 * HOUR;
const erase = (phone: CheckedPhone) => phone.call("DELETE", "v1/me?confirm=erase-everything");

/** Somebody with a fresh sign-in, on a phone of their own, where nothing is stored: with a contact of theirs, about to prove the account. */
async function begunAnew(scene: Recovery): Promise<Recovery> {
  const { watched, owner, personal } = scene;
  const phone = await aPhone({ owner, app: watched.app });
  const body = aBackup([personal]);
  expect((await phone.call("PUT", "v1/backups/android", { body, headers: nothingYet })).status).toBe(201);
  const contact = await aContact(watched, phone);
  const recovered = await recover(phone);
  expect(recovered.status).toBe(200);
  return { ...scene, old: phone, phone, contact, recovery: idIn(recovered) };
}

async function expectToWait(scene: Recovery, milliseconds: number): Promise<void> {
  const { usableInSeconds } = refused(await start(scene), "contact-unusable");
  expect(usableInSeconds).toBe(milliseconds / 1000);
  scene.watched.clock.pass(milliseconds);
  await scene.phone.signIn(scene.owner, signInAt(scene.watched.clock.now()));
  expect((await start(scene)).status).toBe(201);
}

describe.concurrent("whoever begins anew after an erasure", () => {
  it("R19 R35 waits with a contact of theirs as after a removal", async () => {
    const scene = await aRecovery();
    expect((await erase(scene.phone)).status).toBe(204);
    await expectToWait(await begunAnew(scene), COOLING_OFF);
  });

  it("R19 R35 gains nothing by erasing twice", async () => {
    const scene = await aRecovery();
    expect((await erase(scene.phone)).status).toBe(204);
    const { phone } = await anOwnerWithBackup({ owner: scene.owner, app: scene.watched.app });
    expect((await erase(phone)).status).toBe(204);
    await expectToWait(await begunAnew(scene), COOLING_OFF);
  });

  it("R19 R35 gains nothing by taking an erasure back", async () => {
    const watched = anAppToWatch({ settings: { ERASURE_DELAY_HOURS: "1" } });
    const scene = await aRecovery({ watched });
    expect((await erase(scene.phone)).status).toBe(202);
    watched.clock.pass(HOUR);
    await sweep(watched, "owners", scene.owner);
    const { phone } = await anOwnerWithBackup({ owner: scene.owner, app: watched.app });
    expect((await erase(phone)).status).toBe(202);
    expect((await phone.call("POST", "v1/me/keep")).status).toBe(204);
    await expectErasedAt(scene);
  });

  it("R19 R35 needs no patience where there was no contact", async () => {
    const watched = anAppToWatch();
    const { owner, phone } = await anOwnerWithBackup({ app: watched.app });
    expect((await erase(phone)).status).toBe(204);
    await expectErased(owner, { hadContact: false });
    const personal = aProvablePersonal();
    const scene = await begunAnew({ ...(await aRecovery({ watched })), owner, personal });
    expect((await start(scene)).status).toBe(201);
  });
});

const remembered = async ({ watched, owner }: Recovery) =>
  (await watched.another().services.owners.find(placeOf(owner).owner))?.state.erased;

async function expectErasedAt(scene: Recovery): Promise<void> {
  expect(await remembered(scene)).toMatchObject({ at: scene.watched.clock.now(), hadContact: true });
}

it("R35 what is remembered of an erasure is when it was, and the sweep forgets it when the cooling-off is over", async () => {
  const scene = await aRecovery();
  const { watched, owner } = scene;
  expect((await erase(scene.phone)).status).toBe(204);
  await expectErasedAt(scene);
  watched.clock.pass(COOLING_OFF - 1);
  await sweep(watched, "owners", owner);
  await expectErased(owner, { hadContact: true });
  watched.clock.pass(1);
  await sweep(watched, "owners", owner);
  await expectForgotten(owner);
});

it("R35 the export of whoever has begun anew says so, too", async () => {
  const scene = await aRecovery();
  expect((await erase(scene.phone)).status).toBe(204);
  const { phone } = await anOwnerWithBackup({ owner: scene.owner, app: scene.watched.app });
  const { body } = await phone.call("GET", "v1/me/export");
  expect(body).toMatchObject({ erasure: { erasedAt: scene.watched.clock.now().toISOString() } });
});
