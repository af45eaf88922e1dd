/** Races with an erasure: nothing comes back, and latecomers touch nothing of the next incarnation. */
import { describe, expect, it } from "vitest";
import type { Blobs } from "../../../lib/azure/stores/blobs.ts";
import { newHead } from "../../../lib/domain/backup/head.ts";
import { MINUTE } from "../../../lib/domain/clock.ts";
import type { Activity } from "../../../lib/domain/messages/activity.ts";
import { DeviceId } from "../../../lib/domain/owner.ts";
import { anApp } from "../../support/app.ts";
import { aBackup, nothingYet } from "../../support/builders.ts";
import { HoldLine } from "../../support/hold-line.ts";
import { beforeNext } from "../../support/meanwhile.ts";
import { headOf, putHead } from "../../support/owners.ts";
import { anOwner, aPhone, type CheckedPhone } from "../../support/phones.ts";
import {
  anAppToWatch,
  answer,
  aRecovery,
  codeAt,
  proven,
  start,
  startedIn,
  verify,
} from "../../support/step-up.ts";
import { placeOf } from "../../support/sweeping.ts";
import { aDue, erase, expectErased, instanceOn, overtaken, slower } from "../erasure-scene.ts";
import { versionsOf } from "../heads.ts";
import { anOwnerWithBackup, refused } from "../helpers.ts";
import { everythingOf } from "../stored.ts";

const BACKUP = "v1/backups/android";
const keep = (phone: CheckedPhone) => phone.call("POST", "v1/me/keep");

describe.concurrent.each(Object.entries(slower))("%s", (_, each) => {
  it.each(["write owner-keys", "write owners"])("R8 R35 held before it makes its %s", async (call) => {
    const line = new HoldLine((made) => made.startsWith(`${call}/`));
    expect({ call, isMade: await overtaken(each, line, call) }).toEqual({ call, isMade: true });
  });
});

describe.concurrent("an erasure that is being taken back", () => {
  it("R7 R35 that another completes meanwhile isn't reported as taken back", async () => {
    const scene = await aDue();
    const { owner, old, phone } = scene;
    const line = new HoldLine((call) => call.startsWith("write owners/"));
    old.through(instanceOn(scene, line).fetch);
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
    scene.old.through(instanceOn(scene, line).fetch);
    const kept = keep(scene.old);
    expect({ isHeld: await line.holds(kept) }).toEqual({ isHeld: true });
    expect((await keep(scene.phone)).status).toBe(204);
    line.letGo();
    expect((await kept).status).toBe(204);
    expect((await scene.phone.call("GET", "v1/backups/android")).status).toBe(200);
  });
});

describe.concurrent("an owner who is erased meanwhile", () => {
  /** `erasing`: the next blob written in this folder is deleted just before. */
  async function aRecoveryErasedAt(folder: string) {
    const erased: string[] = [];
    let isArmed = false;
    const through = (blobs: Blobs): Blobs => ({
      ...blobs,
      async write(name, ...rest) {
        if (isArmed && name.startsWith(folder)) {
          isArmed = false;
          erased.push(name);
          await blobs.delete(name);
        }
        return await blobs.write(name, ...rest);
      },
    });
    const scene = await aRecovery({ watched: anAppToWatch({ through }) });
    const erasing = () => {
      isArmed = true;
    };
    return { scene, erasing, erased };
  }

  it("R14 R35 a credential being issued isn't sealed for the next incarnation", async () => {
    const { through, happens } = beforeNext("read credentials/");
    const watched = anAppToWatch({ through, settings: { ERASURE_DELAY_HOURS: "0" } });
    const scene = await aRecovery({ watched });
    const { id } = startedIn(await start(scene));
    const another = watched.another();
    const eraseElsewhere = async () => {
      scene.old.through(another.fetch);
      expect((await scene.old.call("DELETE", "v1/me?confirm=erase-everything")).status).toBe(204);
      watched.clock.pass(2 * MINUTE);
    };
    // It looks twice; at the second time the owner's record already names the device.
    happens(async () => happens(eraseElsewhere));
    refused(await answer(scene.phone, id, { code: watched.lastCode() }), "busy");
    await expectErased(scene.owner, { hadContact: true });
    expect(await watched.another().services.credentials.find(scene.personal)).toBeUndefined();
  });

  it("R35 a device being revoked doesn't bring the owner back", async () => {
    const { scene, erasing, erased } = await aRecoveryErasedAt("owners/");
    erasing();
    const { status } = await scene.old.call("DELETE", `v1/devices/${scene.phone.deviceId}`);
    expect({ status, erased }).toEqual({ status: 204, erased: [expect.any(String)] });
    expect(await versionsOf(scene.owner)).toEqual([]);
  });

  it("R33 R35 a code being checked is wrong then, and doesn't bring the owner back", async () => {
    const { scene, erasing, erased } = await aRecoveryErasedAt("credentials/");
    const code = codeAt(await proven(scene), scene.watched.clock.now());
    erasing();
    expect((await verify(scene, scene.personal, code)).body).toEqual({ valid: false });
    expect(erased).toHaveLength(1);
    expect(await scene.watched.app.services.credentials.find(scene.personal)).toBeUndefined();
  });

  it("R35 a device being renamed brings nothing back", async () => {
    const { through, happens } = beforeNext("write ");
    const watched = anAppToWatch({ through });
    const { owner, phone } = await anOwnerWithBackup({ app: watched.app });
    happens(async () => {
      phone.through(watched.another().fetch);
      expect((await erase(phone)).status).toBe(204);
    });
    const renamed = await phone.call("PATCH", `v1/devices/${phone.deviceId}`, { body: { name: "new" } });
    refused(renamed, "device-not-found");
    await expectErased(owner, { hadContact: false });
  });
});

describe.concurrent("an owner who is erased at one instance while the other still has their key", () => {
  /** `one` knows the key that `two` has erased since. */
  async function anErasedOwner() {
    const [one, two] = [anApp(), anApp()];
    const subject = anOwner();
    const owner = placeOf(subject).owner;
    const phone = await aPhone({ owner: subject, app: one });
    expect((await phone.call("PUT", BACKUP, { body: aBackup(), headers: nothingYet })).status).toBe(201);
    phone.through(two.fetch);
    expect((await erase(phone)).status).toBe(204);
    const beginAnew = () => phone.call("PUT", BACKUP, { body: aBackup(), headers: nothingYet });
    return { one, two, subject, owner, phone, beginAnew };
  }
  const logsOf = async (subject: string) =>
    Object.keys(await everythingOf(subject)).filter((name) => name.startsWith("activity/"));
  const anActivity = (id: string): Activity => ({ id, kind: "exported", at: new Date() });

  it("R35 an upload there begins anew at once, and opens everywhere", async () => {
    const { one, phone, beginAnew } = await anErasedOwner();
    phone.through(one.fetch);
    expect((await beginAnew()).status).toBe(201);
    phone.through(anApp().fetch);
    const body = { platform: "android", device: { name: "new" }, existingAccounts: [] };
    expect((await phone.call("POST", "v1/recoveries", { body })).status).toBe(200);
  });

  it("R35 a head made then opens everywhere, and the owner isn't locked out", async () => {
    const { one, owner, phone } = await anErasedOwner();
    const place = { owner, platform: "android" } as const;
    const at = new Date();
    const device = { id: DeviceId.parse(phone.deviceId), name: "late", registeredAt: at, lastSeenAt: at };
    const head = { ...newHead(at), devices: [device] };
    await putHead(one.services.owners, place, head);
    expect((await headOf(anApp().services.owners, place))?.value).toEqual(head);
    expect((await phone.call("GET", "v1/backups")).status).toBe(200);
  });

  it("R35 nothing more is logged for them", async () => {
    const before = new Date();
    const { one, subject, owner } = await anErasedOwner();
    await one.services.activity.append(owner, { ...anActivity("late"), at: before });
    expect(await logsOf(subject)).toEqual([]);
  });

  it("R35 nothing from before is logged for them in their new incarnation", async () => {
    const before = new Date();
    const { one, two, owner, beginAnew } = await anErasedOwner();
    expect((await beginAnew()).status).toBe(201);
    await two.services.activity.append(owner, anActivity("new"));
    await one.services.activity.append(owner, { ...anActivity("late"), at: before });
    await one.services.activity.append(owner, anActivity("newer"));
    const { entries, intact } = await anApp().services.activity.read(owner);
    expect({ ids: entries.map(({ id }) => id), intact }).toEqual({ ids: ["new", "newer"], intact: true });
  });

  it("R35 entries logged during the erasure don't disturb the new incarnation, and go with the old one", async () => {
    const one = anApp();
    const subject = anOwner();
    const owner = placeOf(subject).owner;
    const { through, happens } = beforeNext("write owner-keys/");
    const two = anApp({ through });
    const phone = await aPhone({ owner: subject, app: two });
    expect((await phone.call("PUT", BACKUP, { body: aBackup(), headers: nothingYet })).status).toBe(201);
    happens(() => one.services.activity.append(owner, anActivity("amid")));
    expect((await erase(phone)).status).toBe(204);
    expect(await logsOf(subject)).toEqual([]);
    expect((await phone.call("PUT", BACKUP, { body: aBackup(), headers: nothingYet })).status).toBe(201);
    expect((await phone.call("GET", "v1/activity")).body).toEqual({ entries: [], intact: true });
    await two.services.activity.append(owner, anActivity("by two"));
    await one.services.activity.append(owner, anActivity("by one"));
    const { entries, intact } = await anApp().services.activity.read(owner);
    expect({ ids: entries.map(({ id }) => id), intact }).toEqual({ ids: ["by two", "by one"], intact: true });
  });
});
