/** Ending a device: tells the owner, then ends the device, then its credentials; a cut-off continues. */
import { describe, expect, it } from "vitest";
import { later } from "../../../lib/domain/clock.ts";
import { type CredentialStore, withCredential } from "../../../lib/domain/credentials/credential.ts";
import { endDevice, endPending } from "../../../lib/domain/devices/repudiation.ts";
import type { StoredOwner } from "../../../lib/domain/owner/owner-store.ts";
import { headOf, putHead, putRecord } from "../../support/owners.ts";
import {
  aBound,
  aDevice,
  aDeviceId,
  aHead,
  anOwnerId,
  aPlace,
  aRecord,
  now,
  sha256Bytes,
} from "../builders.ts";
import { memoryStores } from "../recovery-scene.ts";
import { kindFrom } from "../refusals.ts";

const [owner, account] = [anOwnerId(), aBound()];
const phone = aDevice();
const killed = new Error("killed");

/** An owner with a tablet, and a phone on both platforms that has a code credential. */
async function aScene() {
  const stores = memoryStores();
  const { owners, credentials } = stores;
  const wanted = { type: "code" as const, secret: sha256Bytes("secret").subarray(0, 20) };
  const issue = { owner, wanted, claim: "step-up" as const, device: phone.id };
  await credentials.put(account, withCredential(undefined, issue, now), undefined);
  await putHead(owners, aPlace({ platform: "ios" }), aHead({ devices: [phone] }));
  await putHead(owners, aPlace(), aHead({ devices: [phone, aDevice({ id: aDeviceId("tablet") })] }));
  await putRecord(owners, owner, aRecord({ bindings: [{ account, boundAt: now, devices: [phone.id] }] }));
  const end = async (id = phone.id, at = now, through: { credentials?: CredentialStore } = {}) => {
    const ending = {
      owner,
      id,
      told: { kind: "device-revoked" as const, by: phone },
      coolingOffHours: 72,
      now: at,
    };
    return await endDevice({ ...stores, ...through }, await owners.find(owner), ending);
  };
  const revokedAt = async () =>
    Promise.all(
      (["ios", "android"] as const).map(async (platform) =>
        (await headOf(owners, aPlace({ platform })))?.value.devices.map((device) => device.revokedAt),
      ),
    );
  return { ...stores, end, revokedAt, held: async () => await owners.find(owner) };
}
type Scene = Awaited<ReturnType<typeof aScene>>;
const holdersOf = async ({ credentials }: Scene) => (await credentials.find(account))?.value.holders;

describe("R17 R18 ending a device", () => {
  it("R17 it is revoked on every platform that lists it, no other is, and its credentials are gone", async () => {
    const scene = await aScene();
    await scene.end();
    expect(await scene.revokedAt()).toEqual([[now], [now, undefined]]);
    expect(await holdersOf(scene)).toEqual([]);
    expect((await scene.held())?.state.pendingEnds).toEqual([]);
  });

  it("R32 doing it twice keeps the first time, and tells nobody again", async () => {
    const scene = await aScene();
    await scene.end();
    const before = await scene.held();
    await scene.end(phone.id, later(now, 1));
    expect((await scene.held())?.etag).toBe(before?.etag);
    expect(await scene.revokedAt()).toEqual([[now], [now, undefined]]);
    expect(scene.outbox.items).toHaveLength(1);
  });

  it("R17 refuses a device that isn't on the list", async () => {
    const scene = await aScene();
    expect(await kindFrom(() => scene.end(aDeviceId("stranger")))).toBe("device-not-found");
    expect(scene.outbox.items).toEqual([]);
  });

  it("R18 if nobody can be told, nothing ends", async () => {
    const scene = await aScene();
    const before = await scene.held();
    scene.outbox.broken = killed;
    await expect(scene.end()).rejects.toThrow(killed);
    expect((await scene.held())?.etag).toBe(before?.etag);
    expect(await holdersOf(scene)).toHaveLength(1);
  });

  it.each<[string, (scene: Scene, held: StoredOwner) => Promise<unknown>]>([
    ["whoever repeats it", ({ end }) => end()],
    ["the sweep", (scene, held) => endPending(scene, owner, held, now)],
  ])("R17 cut off before its credentials are ended, %s ends them", async (_, goOn) => {
    const scene = await aScene();
    const credentials = { find: () => Promise.reject(killed), put: scene.credentials.put };
    await expect(scene.end(phone.id, now, { credentials })).rejects.toThrow(killed);
    const held = (await scene.held()) ?? expect.fail("no owner");
    expect(held.state.pendingEnds).toEqual([phone.id]);
    expect(await scene.revokedAt()).toEqual([[now], [now, undefined]]);
    expect(await holdersOf(scene)).toHaveLength(1);
    await goOn(scene, held);
    expect(await holdersOf(scene)).toEqual([]);
    expect((await scene.held())?.state.pendingEnds).toEqual([]);
  });
});
