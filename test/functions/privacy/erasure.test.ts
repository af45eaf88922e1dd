/** Erasure: final unless taken back in time, and no way around a limit for those who begin anew. */
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { HOUR, later, SECOND } from "../../../lib/domain/clock.ts";
import { aBackup, nothingYet } from "../../support/builders.ts";
import { anAppWithDamage } from "../../support/damage.ts";
import { deliverAll } from "../../support/delivering.ts";
import { aPhone, type CheckedPhone, signInAt } from "../../support/phones.ts";
import {
  aContact,
  anAppToWatch,
  answer,
  aProvablePersonal,
  aRecovery,
  aTicket,
  bound,
  codeAt,
  credentialIn,
  idIn,
  proven,
  type Recovery,
  recover,
  start,
  verify,
} from "../../support/step-up.ts";
import { placeOf, sweep } from "../../support/sweeping.ts";
import {
  aDelayed,
  aDue,
  erase,
  eraseNow,
  expectErased,
  expectForgotten,
  withContactCode,
} from "../erasure-scene.ts";
import { anOwnerWithBackup, refused } from "../helpers.ts";
import { everythingOf } from "../stored.ts";

const COOLING_OFF = 72 * HOUR;
const Later = z.object({ eraseAt: z.iso.datetime() });
const keep = (phone: CheckedPhone) => phone.call("POST", "v1/me/keep");

describe.concurrent("erasure", () => {
  it("R35 F18 forgets it all: nothing is stored, no code is valid, and a second erasure succeeds like the first", async () => {
    const scene = await aRecovery();
    const uri = await proven(scene);
    await deliverAll(scene);
    expect((await erase(scene.phone)).status).toBe(204);
    await expectErased(scene.owner, { hadContact: true });
    expect((await erase(scene.phone)).status).toBe(204);
    refused(await scene.phone.call("GET", "v1/backups"), "device-unknown");
    const verdict = await verify(scene, scene.personal, codeAt(uri, scene.watched.clock.now()));
    expect(verdict.body).toEqual({ valid: false });
    const letter = scene.watched.sent.findLast((item) => item.type === "letter");
    expect(letter).toMatchObject({ kind: "erased" });
  });

  it("R35 the owner may begin anew, and another may prove the account", async () => {
    const scene = await aRecovery();
    const started = idIn(await start(scene, { account: scene.work }));
    const { code } = await aTicket(scene);
    expect(credentialIn(await answer(scene.phone, started, { ticket: code })).type).toBe("code");
    expect((await erase(scene.phone)).status).toBe(204);
    const { phone } = await anOwnerWithBackup({ owner: scene.owner, app: scene.watched.app });
    expect((await recover(phone)).status).toBe(200);
    const other = await aRecovery({ watched: scene.watched, personal: scene.personal });
    await proven(other);
    expect(bound(other.personal)).toEqual(bound(scene.personal));
  });

  it("R35 needs a typed confirmation, a fresh sign-in and a device of the owner's", async () => {
    const scene = await aRecovery();
    for (const query of ["", "?confirm=yes", "?confirm="]) {
      refused(await scene.phone.call("DELETE", `v1/me${query}`), "invalid-request");
    }
    refused(await erase(await aPhone({ owner: scene.owner, app: scene.watched.app })), "device-unknown");
    expect(Object.keys(await everythingOf(scene.owner)).length).toBeGreaterThan(0);
  });
});

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

  it("R35 can even be taken back a second too late, if nobody has begun with it", async () => {
    const { watched, owner, old, phone } = await aDue(SECOND);
    expect((await keep(old)).status).toBe(204);
    expect((await sweep(watched, "owners", owner)).handled).toBe(0);
    expect((await phone.call("GET", "v1/backups/android")).status).toBe(200);
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

describe.concurrent("an erasure at once", () => {
  it("R35 R45 is for a phone where a code was just entered that an older contact got, and its contacts hear of it", async () => {
    const scene = await aDelayed();
    const { watched, owner, old } = scene;
    await withContactCode(scene, old, watched.clock.now());
    expect((await eraseNow(old)).status).toBe(204);
    await expectErased(owner, { hadContact: true });
    const letters = watched.sent.filter((item) => item.type === "letter");
    expect(letters.at(-1)).toMatchObject({ kind: "erased" });
    expect(watched.told().map(({ activity }) => activity.kind)).not.toContain("erasure-requested");
  });

  it("R35 R45 is refused without such a code, on the first phone, too, with the way to get it, and nothing is asked for", async () => {
    const scene = await aDelayed();
    const problem = refused(await eraseNow(scene.old), "contact-code-required");
    expect(problem).toMatchObject({ status: 403, maxAgeSeconds: 600 });
    expect(problem.remedy).toContain("POST v1/contacts/{id}/code");
    refused(await eraseNow(scene.phone), "contact-code-required");
    expect((await keep(scene.old)).status).toBe(204);
    scene.watched.clock.pass(100 * HOUR);
    expect((await sweep(scene.watched, "owners", scene.owner)).failed).toBe(0);
    await scene.old.signIn(scene.owner, signInAt(scene.watched.clock.now()));
    expect((await scene.old.call("GET", "v1/backups/android")).status).toBe(200);
  });

  it("R35 R45 the code counts for as long as a sign-in does", async () => {
    for (const [milliseconds, status] of [
      [600 * SECOND, 204],
      [600 * SECOND + 1, 403],
    ] as const) {
      const scene = await aDelayed();
      await withContactCode(scene, scene.phone, scene.watched.clock.now());
      scene.watched.clock.pass(milliseconds);
      await scene.phone.signIn(scene.owner, signInAt(scene.watched.clock.now()));
      expect({ milliseconds, status: (await eraseNow(scene.phone)).status }).toEqual({
        milliseconds,
        status,
      });
    }
  });

  it("R35 R45 another phone's code is no word of this one's", async () => {
    const scene = await aDelayed();
    await withContactCode(scene, scene.old, scene.watched.clock.now());
    refused(await eraseNow(scene.phone), "contact-code-required");
  });

  it("R35 R45 does at once what waits already", async () => {
    const scene = await aDelayed();
    expect((await erase(scene.phone)).status).toBe(202);
    await withContactCode(scene, scene.old, scene.watched.clock.now());
    expect((await eraseNow(scene.old)).status).toBe(204);
    await expectErased(scene.owner, { hadContact: true });
    expect((await eraseNow(scene.old)).status).toBe(204);
  });

  it("R35 wants a fresh sign-in, and the word as it stands", async () => {
    const scene = await aDelayed();
    await withContactCode(scene, scene.old, scene.watched.clock.now());
    refused(await scene.old.call("DELETE", "v1/me?confirm=erase-everything&when=soon"), "invalid-request");
    await scene.old.signIn(scene.owner, signInAt(later(scene.watched.clock.now(), -601 * SECOND)));
    refused(await eraseNow(scene.old), "sign-in-too-old");
  });

  it("R35 is what every erasure is where the service waits for nothing", async () => {
    const scene = await aRecovery({ watched: anAppToWatch({ settings: { ERASURE_DELAY_HOURS: "0" } }) });
    expect((await eraseNow(scene.phone)).status).toBe(204);
    await expectErased(scene.owner, { hadContact: true });
  });

  it("R35 isn't for an owner whose state is damaged: nobody's word is known", async () => {
    const settings = { ERASURE_DELAY_HOURS: "24" };
    const { app, damage } = anAppWithDamage({ settings });
    const { owner, phone } = await anOwnerWithBackup({ app });
    damage(`owners/${placeOf(owner).owner}`);
    refused(await eraseNow(phone), "contact-code-required");
    expect((await erase(phone)).status).toBe(202);
  });
});

/**
 * A person with a fresh sign-in on their own phone, with nothing stored but a contact, about to prove the
 * account.
 */
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

  it("R19 R35 need not wait if there was no contact", async () => {
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

it("R35 only the time of an erasure is remembered, and the sweep forgets it when the cooling-off is over", async () => {
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

it("R35 the export of an owner who has begun anew says so, too", async () => {
  const scene = await aRecovery();
  expect((await erase(scene.phone)).status).toBe(204);
  const { phone } = await anOwnerWithBackup({ owner: scene.owner, app: scene.watched.app });
  const { body } = await phone.call("GET", "v1/me/export");
  expect(body).toMatchObject({ erasure: { erasedAt: scene.watched.clock.now().toISOString() } });
});
