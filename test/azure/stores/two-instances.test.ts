/** Two instances of the service on one storage: what one does holds for the other with the next request. */

import { BlobServiceClient } from "@azure/storage-blob";
import { describe, expect, inject, it } from "vitest";
import type { Blobs, StoredBlob } from "../../../lib/azure/stores/blobs.ts";
import { newHead } from "../../../lib/domain/backup/head.ts";
import type { Activity } from "../../../lib/domain/messages/activity.ts";
import { DeviceId, ownerIdOf } from "../../../lib/domain/owner.ts";
import { anApp } from "../../support/app.ts";
import { aBackup, anAccount, nothingYet, replacing } from "../../support/builders.ts";
import { FaultLine } from "../../support/fault-line.ts";
import { beforeNext } from "../../support/meanwhile.ts";
import { headOf, putHead } from "../../support/owners.ts";
import { anOwner, aPhone } from "../../support/phones.ts";

const BACKUP = "v1/backups/android";

describe("two instances", () => {
  it("R17 a device that is revoked at one is refused at the other from the next request on", async () => {
    const [one, two] = [anApp(), anApp()];
    const owner = anOwner();
    const lost = await aPhone({ owner, app: one });
    await lost.call("PUT", BACKUP, { body: aBackup(), headers: nothingYet });
    const found = await aPhone({ owner, app: two });
    await found.call("POST", "v1/devices", { body: { platform: "android", name: "found" } });
    expect((await lost.call("GET", BACKUP)).status).toBe(200);
    expect((await found.call("DELETE", `v1/devices/${lost.deviceId}`)).status).toBe(204);
    expect((await lost.call("GET", BACKUP)).status).toBe(401);
  });

  it("R7 R8 an owner's first upload, raced at both: one wins, and what it stored opens at both", async () => {
    for (let round = 0; round < 10; round++) {
      const owner = anOwner();
      const phones = await Promise.all([anApp(), anApp()].map((app) => aPhone({ owner, app })));
      const documents = phones.map(() => aBackup([anAccount()]));
      const replies = await Promise.all(
        phones.map((phone, at) => phone.call("PUT", BACKUP, { body: documents[at], headers: nothingYet })),
      );
      expect(replies.map(({ status }) => status).sort()).toEqual([201, 403]);
      const winner = replies.findIndex(({ status }) => status === 201);
      const newPhone = await aPhone({ owner, app: anApp() });
      const body = { platform: "android", device: { name: "new" }, existingAccounts: [] };
      const recovered = await newPhone.call("POST", "v1/recoveries", { body });
      const [account] = documents[winner]?.accounts ?? [];
      expect(recovered.body).toMatchObject({ accounts: [{ outcome: "restore", account }] });
    }
  });

  it("R35 a key that was erased and made anew elsewhere: the old one is not used again", async () => {
    const [one, two] = [anApp(), anApp()];
    const subject = anOwner();
    const { issuer, settings } = inject("surroundings");
    const first = await aPhone({ owner: subject, app: one });
    await first.call("PUT", BACKUP, { body: aBackup(), headers: nothingYet });
    const owner = ownerIdOf({ issuer, subject });
    const service = BlobServiceClient.fromConnectionString(settings["BACKUPS_STORAGE"] ?? "");
    await service.getContainerClient("keys").deleteBlob(`owner-keys/${owner}`);
    await service.getContainerClient("backups").deleteBlob(`owners/${owner}`);
    const second = await aPhone({ owner: subject, app: two });
    const anew = await second.call("PUT", BACKUP, { body: aBackup(), headers: nothingYet });
    expect(anew.status).toBe(201);
    second.through(one.fetch);
    const later = await second.call("PUT", BACKUP, { body: aBackup(), headers: replacing(anew) });
    expect(later.status).toBe(200);
    second.through(anApp().fetch);
    const body = { platform: "android", device: { name: "new" }, existingAccounts: [] };
    expect((await second.call("POST", "v1/recoveries", { body })).status).toBe(200);
  });
});

describe("an owner who is erased at one instance while the other still has their key", () => {
  /** `one` knows the key that `two` has erased since. */
  async function anErasedOwner() {
    const [one, two] = [anApp(), anApp()];
    const subject = anOwner();
    const owner = ownerIdOf({ issuer: inject("surroundings").issuer, subject });
    const phone = await aPhone({ owner: subject, app: one });
    expect((await phone.call("PUT", BACKUP, { body: aBackup(), headers: nothingYet })).status).toBe(201);
    phone.through(two.fetch);
    expect((await phone.call("DELETE", "v1/me?confirm=erase-everything")).status).toBe(204);
    const beginAnew = () => phone.call("PUT", BACKUP, { body: aBackup(), headers: nothingYet });
    return { one, two, owner, phone, beginAnew };
  }
  const anActivity = (id: string): Activity => ({ id, kind: "exported", at: new Date() });

  it("R35 an upload there begins anew at once, and opens everywhere", async () => {
    const { one, phone, beginAnew } = await anErasedOwner();
    phone.through(one.fetch);
    expect((await beginAnew()).status).toBe(201);
    phone.through(anApp().fetch);
    const body = { platform: "android", device: { name: "new" }, existingAccounts: [] };
    expect((await phone.call("POST", "v1/recoveries", { body })).status).toBe(200);
  });

  it("R35 a head that is made then opens everywhere, and the owner isn't locked out", async () => {
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
    const { one, owner } = await anErasedOwner();
    await one.services.activity.append(owner, { ...anActivity("late"), at: before });
    expect(await logsOf(owner)).toEqual([]);
  });

  it("R35 nothing from before is logged for them in their new life", async () => {
    const before = new Date();
    const { one, two, owner, beginAnew } = await anErasedOwner();
    expect((await beginAnew()).status).toBe(201);
    await two.services.activity.append(owner, anActivity("new"));
    await one.services.activity.append(owner, { ...anActivity("late"), at: before });
    await one.services.activity.append(owner, anActivity("newer"));
    const { entries, intact } = await anApp().services.activity.read(owner);
    expect({ ids: entries.map(({ id }) => id), intact }).toEqual({ ids: ["new", "newer"], intact: true });
  });

  it("R35 what is logged while they are being erased is in nobody's way in their new life, and goes with the old one", async () => {
    const one = anApp();
    const subject = anOwner();
    const owner = ownerIdOf({ issuer: inject("surroundings").issuer, subject });
    const { through, happens } = beforeNext("write owner-keys/");
    const two = anApp({ through });
    const phone = await aPhone({ owner: subject, app: two });
    expect((await phone.call("PUT", BACKUP, { body: aBackup(), headers: nothingYet })).status).toBe(201);
    happens(() => one.services.activity.append(owner, anActivity("amid")));
    expect((await phone.call("DELETE", "v1/me?confirm=erase-everything")).status).toBe(204);
    expect(await logsOf(owner)).toEqual([]);
    expect((await phone.call("PUT", BACKUP, { body: aBackup(), headers: nothingYet })).status).toBe(201);
    expect((await phone.call("GET", "v1/activity")).body).toEqual({ entries: [], intact: true });
    await two.services.activity.append(owner, anActivity("by two"));
    await one.services.activity.append(owner, anActivity("by one"));
    const { entries, intact } = await anApp().services.activity.read(owner);
    expect({ ids: entries.map(({ id }) => id), intact }).toEqual({ ids: ["by two", "by one"], intact: true });
  });
});

describe("an erasure that was cut off before its key was settled", () => {
  /** The owner has begun anew since, under the key that the erasure has left. `copies`: of the second life. */
  async function aSecondLife() {
    const line = new FaultLine();
    const app = anApp({ through: line.through });
    const subject = anOwner();
    const owner = ownerIdOf({ issuer: inject("surroundings").issuer, subject });
    const phone = await aPhone({ owner: subject, app });
    expect((await phone.call("PUT", BACKUP, { body: aBackup(), headers: nothingYet })).status).toBe(201);
    line.arm({ how: "refused", at: 1, of: /^writeMetadata/ });
    expect((await phone.call("DELETE", "v1/me?confirm=erase-everything")).status).toBe(503);
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

  it("R39 what is changed in the next life is unreadable, and no owner without anything", async () => {
    const { phone, copy, putBack, reading } = await aSecondLife();
    const content = Buffer.from(copy.content);
    content.writeUInt8(content.readUInt8(100) ^ 1, 100);
    putBack({ ...copy, content });
    phone.through(reading().fetch);
    expect((await phone.call("GET", BACKUP)).status).toBe(409);
  });

  it("R35 the next erasure shreds what was stored in between", async () => {
    const { owner, phone, copy, putBack, reading } = await aSecondLife();
    expect((await phone.call("DELETE", "v1/me?confirm=erase-everything")).status).toBe(204);
    putBack(copy);
    await expect(reading().services.owners.find(owner)).rejects.toMatchObject({ kind: "backup-unreadable" });
  });

  it("R39 a key that is only said to have replaced another makes nobody seem erased", async () => {
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

/** Logs and anchors, of each life of the owner. */
async function logsOf(owner: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of container().listBlobsFlat({ prefix: `activity/${owner}/` })) names.push(name);
  return names;
}
