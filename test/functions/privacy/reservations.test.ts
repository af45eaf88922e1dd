/** What an erasure leaves of a proven account: a keyed hash and a time, for thirty days. */
import { describe, expect, it } from "vitest";
import { credentialName, SERVICE } from "../../../lib/azure/stores/record-stores.ts";
import { DAY, later } from "../../../lib/domain/clock.ts";
import type { Listed } from "../../../lib/domain/sweeps/sweep.ts";
import { anAppWithDamage } from "../../support/damage.ts";
import { beforeNext } from "../../support/meanwhile.ts";
import { signInAt } from "../../support/phones.ts";
import {
  anAppToWatch,
  answer,
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
import { erase } from "../erasure-scene.ts";
import { refused } from "../helpers.ts";

type Named = Pick<Recovery, "watched" | "personal" | "work">;

const heldOf = async ({ watched }: Named, account: Recovery["personal"] | Recovery["work"]) =>
  (await watched.another().services.credentials.find(bound(account)))?.value;

async function listedOf({ watched, personal }: Named): Promise<Listed | undefined> {
  const { keyedHash, sweepStore } = watched.app.services;
  const { blobs } = await sweepStore.list(await credentialName(keyedHash, bound(personal)), { size: 2 });
  return [...blobs][0];
}

async function erased(scene: Recovery): Promise<void> {
  await scene.phone.signIn(scene.owner, signInAt(scene.watched.clock.now()));
  expect((await erase(scene.phone)).status).toBe(204);
}

async function provenElsewhere({ watched, personal }: Recovery) {
  const other = await aRecovery({ watched, personal });
  return { other, reply: await answer(other.phone, idIn(await start(other)), { code: watched.lastCode() }) };
}

describe.concurrent("an account whose owner was erased", () => {
  it("R33 R35 is kept with a keyed hash and a time, no hash like another's, and opens without the owner's key", async () => {
    const scene = await aRecovery();
    const { personal, work, watched } = scene;
    await proven(scene);
    const { code: ticket } = await aTicket(scene);
    const asked = idIn(await start(scene, { account: work }));
    expect(credentialIn(await answer(scene.phone, asked, { ticket })).type).toBe("code");
    await erased(scene);
    const kept = [await heldOf(scene, personal), await heldOf(scene, work)];
    const hash = expect.stringMatching(/^[\w-]{43}$/);
    const nothing = { holders: [], ended: [], failures: { count: 0 } };
    for (const each of kept)
      expect(each).toEqual({
        ...{ owner: SERVICE, formerOwner: hash, lastEndedAt: watched.clock.now(), ...nothing },
      });
    expect(kept[0]?.formerOwner).not.toBe(kept[1]?.formerOwner);
    const dueat = later(watched.clock.now(), 30 * DAY).toISOString();
    expect((await listedOf(scene))?.metadata).toEqual({ owner: SERVICE, dueat });
  });

  it("R33 R35 answers a provider like one that never was, and counts nothing", async () => {
    const scene = await aRecovery();
    const uri = await proven(scene);
    await erased(scene);
    const { etag } = (await listedOf(scene)) ?? expect.fail("nothing is kept");
    const verdict = await verify(scene, scene.personal, codeAt(uri, scene.watched.clock.now()));
    expect(verdict).toMatchObject({ status: 200, body: { valid: false } });
    expect((await listedOf(scene))?.etag).toBe(etag);
  });

  it("F35 R17 R35 is kept from when the last device was revoked, not for longer", async () => {
    const scene = await aRecovery();
    await proven(scene);
    await scene.old.call("DELETE", `v1/devices/${scene.phone.deviceId}`);
    const revokedAt = scene.watched.clock.now();
    scene.watched.clock.pass(20 * DAY);
    await erased({ ...scene, phone: scene.old });
    expect((await heldOf(scene, scene.personal))?.lastEndedAt).toEqual(revokedAt);
  });

  it("R35 isn't kept where that is over, or where nothing was proven", async () => {
    const scene = await aRecovery();
    await proven(scene);
    await scene.old.call("DELETE", `v1/devices/${scene.phone.deviceId}`);
    scene.watched.clock.pass(30 * DAY);
    await erased({ ...scene, phone: scene.old });
    expect(await heldOf(scene, scene.personal)).toBeUndefined();
    const other = await aRecovery();
    await erased(other);
    expect(await heldOf(other, other.personal)).toBeUndefined();
  });

  it("F35 R21 R35 goes over to whoever has its provider's ticket at once", async () => {
    const scene = await aRecovery();
    const redeem = async (by: Recovery) => {
      const { code: ticket } = await aTicket(by);
      return await answer(by.phone, idIn(await start(by, { account: by.work })), { ticket });
    };
    expect((await redeem(scene)).status).toBe(200);
    await erased(scene);
    const other = await aRecovery({ watched: scene.watched, work: scene.work });
    const told = scene.watched.told().length;
    expect((await redeem(other)).status).toBe(200);
    expect(
      scene.watched
        .told()
        .slice(told)
        .map(({ activity }) => activity.kind),
    ).not.toContain("account-moved");
  });

  it("R8 R35 is kept, too, where its credential changes at that moment", async () => {
    const { through, happens } = beforeNext("write credentials/");
    const watched = anAppToWatch({ through });
    const scene = await aRecovery({ watched });
    await proven(scene);
    happens(async () => {
      const { credentials } = watched.another().services;
      const { value, etag } = (await credentials.find(bound(scene.personal))) ?? expect.fail();
      expect(await credentials.put(bound(scene.personal), value, etag)).not.toBe(etag);
    });
    await erased(scene);
    expect(await heldOf(scene, scene.personal)).toMatchObject({ owner: SERVICE, holders: [] });
  });

  it("R35 is kept, too, where its credential is damaged", async () => {
    const watched = anAppToWatch();
    const scene = await aRecovery({ watched });
    await proven(scene);
    const { app, damage } = anAppWithDamage({ clock: watched.clock.now });
    damage(await credentialName(watched.app.services.keyedHash, bound(scene.personal)));
    scene.phone.through(app.fetch);
    await erased(scene);
    expect(await heldOf(scene, scene.personal)).toMatchObject({ owner: SERVICE, holders: [] });
  });

  it("R25 R35 its former owner proves it anew, and gets nothing without", async () => {
    const scene = await aRecovery();
    await proven(scene);
    await erased(scene);
    const anew = await aRecovery({ watched: scene.watched, owner: scene.owner, personal: scene.personal });
    const { body } = await recover(anew.phone);
    expect(JSON.stringify(body)).not.toContain("otpauth://totp/https");
    expect(
      credentialIn(await answer(anew.phone, idIn(await start(anew)), { code: scene.watched.lastCode() }))
        .type,
    ).toBe("code");
  });
});

describe.concurrent("the sweep of credentials", () => {
  it("R35 removes what was kept when it is over, not before, and no account that somebody has", async () => {
    const scene = await aRecovery();
    const { watched } = scene;
    const { credentials } = watched.app.sweeps;
    await proven(scene);
    const when = () => ({ now: watched.clock.now(), since: undefined });
    const isDue = async () => credentials.isDue((await listedOf(scene)) ?? expect.fail(), when());
    expect(await isDue()).toBe(false);
    await erased(scene);
    watched.clock.pass(30 * DAY - 1);
    expect(await isDue()).toBe(false);
    watched.clock.pass(1);
    expect(await isDue()).toBe(true);
    await credentials.handle((await listedOf(scene)) ?? expect.fail(), watched.clock.now(), () => undefined);
    expect(await listedOf(scene)).toBeUndefined();
  });

  it("R8 R35 leaves an account that was proven since it was listed", async () => {
    const scene = await aRecovery();
    const { watched } = scene;
    await proven(scene);
    await erased(scene);
    const listed = (await listedOf(scene)) ?? expect.fail("nothing is kept");
    const early = await provenElsewhere(scene);
    refused(early.reply, "account-bound-elsewhere");
    watched.clock.pass(30 * DAY);
    const { other, reply } = await provenElsewhere(scene);
    const uri = credentialIn(reply).uri ?? expect.fail("no code credential");
    await watched.app.sweeps.credentials.handle(listed, watched.clock.now(), () => undefined);
    expect((await verify(other, scene.personal, codeAt(uri, watched.clock.now()))).body).toMatchObject({
      valid: true,
    });
  });
});
