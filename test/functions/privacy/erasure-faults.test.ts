/** Erasures that are cut off or meet damage: they complete, and then nothing from before can be read. */
import { BlobServiceClient } from "@azure/storage-blob";
import { describe, expect, inject, it } from "vitest";
import * as z from "zod";
import type { Blobs, StoredBlob } from "../../../lib/azure/stores/blobs.ts";
import { HOUR } from "../../../lib/domain/clock.ts";
import { anApp } from "../../support/app.ts";
import { aBackup, nothingYet } from "../../support/builders.ts";
import { anAppWithDamage } from "../../support/damage.ts";
import { FaultLine } from "../../support/fault-line.ts";
import { anOwner, aPhone, signInAt } from "../../support/phones.ts";
import { anAppToWatch } from "../../support/step-up.ts";
import { placeOf } from "../../support/sweeping.ts";
import { aDue, erase, expectErased, instanceOn } from "../erasure-scene.ts";
import { anOwnerWithBackup, refused } from "../helpers.ts";

const BACKUP = "v1/backups/android";
const eraseAtIn = ({ body }: { body: unknown }) =>
  z.object({ eraseAt: z.iso.datetime() }).parse(body).eraseAt;

describe.concurrent("a damaged owner", () => {
  it("R35 R39 is erased after the cooling-off, though no time was set, and when it is requested again", async () => {
    const watched = anAppToWatch();
    const { clock } = watched;
    const { owner, phone } = await anOwnerWithBackup({ app: watched.app });
    const { app, damage } = anAppWithDamage({ clock: clock.now });
    damage(`owners/${placeOf(owner).owner}`);
    phone.through(app.fetch);
    const first = await erase(phone);
    expect(first.status).toBe(202);
    expect(Date.parse(eraseAtIn(first)) - clock.now().getTime()).toBe(72 * HOUR);
    clock.pass(72 * HOUR - 1);
    await phone.signIn(owner, signInAt(clock.now()));
    expect(eraseAtIn(await erase(phone))).toBe(eraseAtIn(first));
    clock.pass(1);
    phone.through(anAppWithDamage({ clock: clock.now }).app.fetch);
    expect((await phone.call("GET", "v1/backups/android")).status).toBe(200);
    phone.through(app.fetch);
    expect((await erase(phone)).status).toBe(204);
    phone.through(anApp({ clock: clock.now }).fetch);
    await expectErased(owner, { hadContact: true });
  });

  it("R39 stops everything else", async () => {
    const { app, damage } = anAppWithDamage();
    const { owner, phone } = await anOwnerWithBackup({ app });
    damage(`owners/${placeOf(owner).owner}`);
    refused(await phone.call("GET", "v1/devices"), "backup-unreadable");
    refused(await phone.call("POST", "v1/me/keep"), "backup-unreadable");
  });
});

describe.concurrent("an erasure that was cut off", () => {
  it("R35 that has begun continues to its end, and an owner who wants to keep the account is told so", async () => {
    const scene = await aDue();
    const { owner, old, phone } = scene;
    const line = new FaultLine();
    line.arm({ how: "refused", at: 1, of: /^delete/ });
    phone.through(instanceOn(scene, line).fetch);
    expect((await erase(phone)).status).toBe(503);
    refused(await old.call("POST", "v1/me/keep"), "erasure-begun");
    await expectErased(owner, { hadContact: true });
    const stranger = await aPhone({ owner, app: scene.watched.app });
    refused(await stranger.call("POST", "v1/me/keep"), "erasure-begun");
  });
});

describe.concurrent("an erasure that was cut off before its key was settled", () => {
  /**
   * The owner has since begun anew, under the key that the erasure has left. `copies`: of the second
   * incarnation.
   */
  async function aSecondLife() {
    const line = new FaultLine();
    const app = anApp({ through: line.through });
    const subject = anOwner();
    const owner = placeOf(subject).owner;
    const phone = await aPhone({ owner: subject, app });
    expect((await phone.call("PUT", BACKUP, { body: aBackup(), headers: nothingYet })).status).toBe(201);
    line.arm({ how: "refused", at: 1, of: /^writeMetadata/ });
    expect((await erase(phone)).status).toBe(503);
    phone.through(anApp().fetch);
    expect((await phone.call("PUT", BACKUP, { body: aBackup(), headers: nothingYet })).status).toBe(201);
    const name = `owners/${owner}`;
    const content = await container().getBlobClient(name).downloadToBuffer();
    const { metadata = {}, etag = "" } = await container().getBlobClient(name).getProperties();
    const copy: StoredBlob = { content, metadata, etag, size: content.length };
    const kept = new Map<string, StoredBlob>();
    const through = (blobs: Blobs): Blobs => ({
      ...blobs,
      read: async (of) => kept.get(of) ?? (await blobs.read(of)),
      readStart: async (of, bytes) => kept.get(of) ?? (await blobs.readStart(of, bytes)),
    });
    const reading = () => anApp({ through });
    return { owner, phone, copy, putBack: (blob: StoredBlob) => kept.set(name, blob), reading };
  }

  it("R39 damage in the next incarnation is unreadable, and doesn't look like an empty owner", async () => {
    const { phone, copy, putBack, reading } = await aSecondLife();
    const content = Buffer.from(copy.content);
    content.writeUInt8(content.readUInt8(100) ^ 1, 100);
    putBack({ ...copy, content });
    phone.through(reading().fetch);
    expect((await phone.call("GET", BACKUP)).status).toBe(409);
  });

  it("R35 the next erasure shreds what was stored in between", async () => {
    const { owner, phone, copy, putBack, reading } = await aSecondLife();
    expect((await erase(phone)).status).toBe(204);
    putBack(copy);
    await expect(reading().services.owners.find(owner)).rejects.toMatchObject({ kind: "backup-unreadable" });
  });

  it("R39 a key that is falsely marked as a replacement makes nobody seem erased", async () => {
    const { owner, phone } = await aSecondLife();
    const keys = BlobServiceClient.fromConnectionString(
      inject("surroundings").settings["KEYS_STORAGE"] ?? "",
    );
    const metadata = { replacing: "a".repeat(43), shreddedat: new Date(0).toISOString() };
    const blob = keys.getContainerClient("keys").getBlockBlobClient(`owner-keys/${owner}`);
    await blob.upload(Buffer.alloc(32, 1), 32, { metadata });
    phone.through(anApp().fetch);
    expect((await phone.call("PUT", BACKUP, { body: aBackup(), headers: nothingYet })).status).toBe(409);
  });
});

const container = () => {
  const { settings } = inject("surroundings");
  return BlobServiceClient.fromConnectionString(settings["BACKUPS_STORAGE"] ?? "").getContainerClient(
    "backups",
  );
};
