/** The limit of thirty devices: a fresh sign-in gets in, others are told, displaced ones return (R17). */

import { describe, expect, it } from "vitest";
import type { Reply } from "../../../infra/local/phone.ts";
import { DAY, later, SECOND } from "../../../lib/domain/clock.ts";
import type { Device } from "../../../lib/domain/device.ts";
import { aDeviceId } from "../../domain/builders.ts";
import type { App } from "../../support/app.ts";
import { headOf, putHead } from "../../support/owners.ts";
import { aPhone, type CheckedPhone, signInAt } from "../../support/phones.ts";
import { storageSilent } from "../../support/silent.ts";
import {
  anAppToWatch,
  aProvablePersonal,
  aRecovery,
  codeAt,
  proven,
  type Recovery,
  recover,
  recoveredIn,
  verify,
  type Watched,
} from "../../support/step-up.ts";
import { placeOf } from "../../support/sweeping.ts";
import {
  anOwnerWithBackup,
  aRegisteredPhone,
  deviceIn,
  devicesIn,
  expectEachRefused,
  refused,
  register,
  statusIn,
} from "../helpers.ts";
import { named, ownerEndpoints, sampleOf } from "../requests.ts";

/** Registers others up to `count`, all seen `days` ago, this phone earlier. */
async function fill(
  { services: { owners, clock } }: App,
  owner: string,
  phone: CheckedPhone,
  count = 30,
  days = 1,
) {
  const place = placeOf(owner);
  const stored = await headOf(owners, place);
  if (!stored) return expect.fail("nobody is registered yet");
  const { devices } = stored.value;
  const seenAt = later(clock(), -days * DAY);
  const others = Array.from(
    { length: count - devices.length },
    (_, at): Device => ({
      id: aDeviceId(`${owner} ${at}`),
      name: "canary-other",
      registeredAt: seenAt,
      lastSeenAt: seenAt,
    }),
  );
  const own = devices.map((each) =>
    each.id === phone.deviceId ? { ...each, lastSeenAt: later(seenAt, -1) } : each,
  );
  const head = { ...stored.value, devices: [...own, ...others] };
  await putHead(owners, place, head);
}

const kindsOf = ({ told }: Watched) => told().map(({ activity: { kind } }) => kind);
const activeIn = (reply: Reply) =>
  devicesIn(reply).filter(({ revokedAt, suspendedAt }) => !revokedAt && !suspendedAt);

async function aFullList(days = 1) {
  const watched = anAppToWatch();
  const { owner, phone, uploaded } = await anOwnerWithBackup({ app: watched.app });
  await fill(watched.app, owner, phone, 30, days);
  return { watched, owner, phone, uploaded, app: watched.app };
}

describe.concurrent("the thirty-first device", () => {
  it("R17 gets in by registering; the one unseen for the longest is refused everywhere, until it signs in freshly", async () => {
    const { watched, owner, phone, app } = await aFullList();
    const extra = await aRegisteredPhone(owner, { app });
    const list = await extra.call("GET", "v1/devices");
    expect(activeIn(list)).toHaveLength(30);
    expect(devicesIn(list).find(({ id }) => id === phone.deviceId)?.suspendedAt).toBeDefined();
    const about = { platform: phone.platform, etag: '"any"', device: extra.deviceId };
    await phone.signIn(owner, signInAt(new Date(watched.clock.now().getTime() - 700 * SECOND)));
    const fresh = new Set(ownerEndpoints.filter(({ access }) => access === "owner-fresh"));
    const calls = named(ownerEndpoints)
      .filter(([name, endpoint]) => !fresh.has(endpoint) && name !== "diagnose-backup")
      .map(([name, endpoint]) => {
        const { path, ...call } = sampleOf(endpoint, about);
        return [name, () => phone.call(endpoint.method, path, call)] as const;
      });
    const problems = await expectEachRefused(owner, "device-suspended", Object.fromEntries(calls));
    for (const { status, remedy } of problems)
      expect({ status, remedy }).toEqual({ status: 403, remedy: expect.stringContaining("sign in again") });
    await phone.signIn(owner, signInAt(watched.clock.now()));
    expect(deviceIn(await register(phone)).suspendedAt).toBeUndefined();
    expect(statusIn(await phone.call("GET", "v1/backups/android")).generation).toBe(1);
    expect(activeIn(await phone.call("GET", "v1/devices"))).toHaveLength(30);
  });

  it("R17 R18 is told to every contact before, each time, and so is a device that comes back", async () => {
    const { watched, owner, phone, app } = await aFullList();
    const extra = await aRegisteredPhone(owner, { app });
    expect(kindsOf(watched)).toEqual(["device-registered", "device-displaced"]);
    expect(watched.told().map(({ activity }) => activity.device?.id)).toEqual([
      extra.deviceId,
      extra.deviceId,
    ]);
    await register(extra);
    expect(kindsOf(watched)).toHaveLength(2);
    await register(phone);
    expect(kindsOf(watched).slice(2)).toEqual(["device-returned", "device-displaced"]);
    expect(new Set(watched.told().map(({ activity: { id } }) => id)).size).toBe(4);
  });

  it("R17 R18 gets in by recovering, and so does a device that comes back", async () => {
    const { watched, owner, phone, app } = await aFullList();
    expect((await recover(await aPhone({ owner, app }))).status).toBe(200);
    expect(kindsOf(watched)).toEqual(["recovery-requested", "device-displaced"]);
    refused(await phone.call("GET", "v1/backups"), "device-suspended");
    expect((await recover(phone)).status).toBe(200);
    expect(kindsOf(watched).slice(2)).toEqual(["recovery-requested", "device-displaced"]);
    expect((await phone.call("GET", "v1/backups")).status).toBe(200);
  });

  it("R17 takes for good the place of one that was unseen for over thirty days", async () => {
    const { owner, phone, app } = await aFullList(31);
    await aRegisteredPhone(owner, { app });
    refused(await phone.call("GET", "v1/backups"), "device-revoked");
  });

  it("R18 if no alarm can be queued, nobody loses a place", async () => {
    const { owner, phone } = await aFullList();
    const broken = anAppToWatch({
      outbox: () => ({
        put: async (_, item) => {
          if (item.type === "announcement" && item.activity.kind === "device-displaced")
            throw storageSilent();
        },
      }),
    });
    const extra = await aPhone({ owner, app: broken.app });
    const reply = await extra.call("POST", "v1/devices", { body: { platform: "android", name: "x" } });
    refused(reply, "storage-unavailable");
    expect((await phone.call("GET", "v1/backups")).status).toBe(200);
  });

  it("R17 R18 of several at once each gets in, each displacement is told, and thirty stay", async () => {
    const watched = anAppToWatch();
    const { owner, phone } = await anOwnerWithBackup({ app: watched.app });
    await fill(watched.app, owner, phone, 29);
    const phones = await Promise.all(Array.from({ length: 4 }, () => aPhone({ owner, app: watched.app })));
    await Promise.all(phones.map((each) => register(each)));
    const [one] = phones;
    const list = (await one?.call("GET", "v1/devices")) ?? expect.fail();
    expect(activeIn(list)).toHaveLength(30);
    for (const { deviceId } of phones) expect(activeIn(list).map(({ id }) => id)).toContain(deviceId);
    expect(devicesIn(list).filter(({ suspendedAt }) => suspendedAt)).toHaveLength(3);
    expect(kindsOf(watched).filter((kind) => kind === "device-displaced").length).toBeGreaterThanOrEqual(3);
  });
});

describe.concurrent("codes", () => {
  const check = async (scene: Recovery, uri: string) => {
    scene.watched.clock.pass(30 * SECOND);
    return (await verify(scene, scene.personal, codeAt(uri, scene.watched.clock.now()))).body;
  };

  it("R17 R14 of a suspended device don't count; once it is back they do, and others' are untouched", async () => {
    const scene = await aRecovery({ personal: aProvablePersonal() });
    const { watched, owner, phone, personal, old } = scene;
    const uri = await proven(scene);
    const { accounts } = recoveredIn(await recover(old, { overlap: "keep-existing" }));
    const found = accounts.find(({ account }) => account.userName === personal.userName);
    const other = found && "credential" in found ? (found.credential?.uri ?? "") : "";
    expect(await check(scene, uri)).toEqual({ valid: true, device: phone.deviceId });
    await fill(watched.app, owner, phone);
    const extra = await aRegisteredPhone(owner, { app: watched.app });
    refused(await phone.call("GET", "v1/backups"), "device-suspended");
    expect(await check(scene, uri)).toEqual({ valid: false });
    expect(await check(scene, other)).toEqual({ valid: true, device: old.deviceId });
    await phone.signIn(owner, signInAt(watched.clock.now()));
    await register(phone);
    expect(await check(scene, uri)).toEqual({ valid: true, device: phone.deviceId });
    expect((await extra.call("DELETE", `v1/devices/${phone.deviceId}`)).status).toBe(202);
    expect(await check(scene, uri)).toEqual({ valid: false });
    expect((await phone.call("POST", `v1/devices/${phone.deviceId}/object`)).status).toBe(200);
    expect(await check(scene, uri)).toEqual({ valid: true, device: phone.deviceId });
  });

  it("R17 R14 of a device whose place was taken for good are ended", async () => {
    const scene = await aRecovery({ personal: aProvablePersonal() });
    const { watched, owner, phone } = scene;
    const uri = await proven(scene);
    await fill(watched.app, owner, phone, 30, 40);
    await aRegisteredPhone(owner, { app: watched.app });
    refused(await phone.call("GET", "v1/backups"), "device-revoked");
    expect(await check(scene, uri)).toEqual({ valid: false });
  });
});

it("R17 R18 a device that changed nothing for a year gets back in only by a fresh sign-in, which is told", async () => {
  const watched = anAppToWatch();
  const { owner, phone } = await anOwnerWithBackup({ app: watched.app });
  watched.clock.pass(366 * DAY);
  await phone.signIn(owner, signInAt(later(watched.clock.now(), -700 * SECOND)));
  const problem = refused(await phone.call("GET", "v1/backups/android/staleness"), "device-suspended");
  expect(problem).toMatchObject({
    detail: expect.stringContaining("for a year"),
    remedy: expect.stringContaining("sign in again"),
  });
  await phone.signIn(owner, signInAt(watched.clock.now()));
  await register(phone);
  expect(kindsOf(watched)).toEqual(["device-returned"]);
  expect((await phone.call("GET", "v1/backups/android/staleness")).status).toBe(200);
});

it("R17 any change by a device counts as seeing it: no upload is needed", async () => {
  const watched = anAppToWatch();
  const { owner, phone } = await anOwnerWithBackup({ app: watched.app });
  watched.clock.pass(300 * DAY);
  await phone.signIn(owner, signInAt(watched.clock.now()));
  const { etag } = statusIn(await phone.call("GET", "v1/backups/android"));
  const confirmed = await phone.call("POST", "v1/backups/android/confirm", { headers: { "if-match": etag } });
  expect(confirmed.status).toBe(200);
  const [device] = devicesIn(await phone.call("GET", "v1/devices"));
  expect(device?.lastSeenAt).toBe(watched.clock.now().toISOString());
});
