/** How many calls each operation makes, on an instance that has just started. */

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import type { Reply } from "../../../infra/local/phone.ts";
import { shardOf } from "../../../lib/azure/keys/blob-shard-keys.ts";
import type { Blobs } from "../../../lib/azure/stores/blobs.ts";
import type { Outbox } from "../../../lib/domain/messages/announcement.ts";
import { ownerIdOf } from "../../../lib/domain/owner.ts";
import { aRecord } from "../../domain/builders.ts";
import { anApp } from "../../support/app.ts";
import { between } from "../../support/between.ts";
import { aBackup, nothingYet, replacing } from "../../support/builders.ts";
import { type OwnVault, ownVault } from "../../support/own-vault.ts";
import { putRecord } from "../../support/owners.ts";
import { anOwner, aPhone } from "../../support/phones.ts";
import { anAppToWatch, aRecovery, codeAt, proven, verify } from "../../support/step-up.ts";

let vault: OwnVault;
beforeAll(async () => {
  vault = await ownVault();
});
afterAll(() => vault.close());

let calls: string[] = [];
beforeEach(() => {
  calls = [];
});
const count = <T>(call: string, value: T): T => {
  calls.push(call);
  return value;
};
/** Groups calls by how they are billed. */
const KINDS: Record<string, string> = { readFrom: "read", countUpTo: "append", writeMetadata: "write" };
const counting = (blobs: Blobs, container: string) =>
  between((call, run) => {
    const [verb = ""] = call.split(" ");
    return count(`${KINDS[verb] ?? verb} ${container}`, run());
  })(blobs);
const outbox = (each: Outbox): Outbox => ({ put: (...of) => count("send", each.put(...of)) });
const isRead = (call: string) => call.startsWith("read");
const through = (blobs: Blobs, container: string) => vault.through(counting(blobs, container));
const coldApp = (settings: Record<string, string> = {}) =>
  anApp({ settings: { ...vault.settings, ...settings }, through, outbox });

/** An owner with a backup and a record, and a new instance that has never heard of them. */
async function settled() {
  const owner = anOwner();
  const app = coldApp();
  const phone = await aPhone({ owner, app });
  const first = await phone.call("PUT", "v1/backups/android", { body: aBackup(), headers: nothingYet });
  await putRecord(app.services.owners, idOf(owner), aRecord());
  const later = coldApp();
  phone.through(later.fetch);
  await forget();
  return { owner, phone, first, later };
}
const idOf = (subject: string) => ownerIdOf({ issuer: inject("surroundings").issuer, subject });

const wanted = { platform: "android", existingAccounts: [] };
const body = { ...wanted, device: { name: "new" } };

/** The log line of a request. */
function lineOf({ headers }: Reply): unknown {
  const lines = readFileSync(inject("surroundings").hostLog, "utf8").split("\n");
  const line = lines.find((each) => each.includes(`"requestId":"${headers.get("x-request-id")}"`));
  return JSON.parse(line ?? "null");
}

async function forget(): Promise<void> {
  await vault.takeCalls();
  calls = [];
}

describe("calls per operation on a cold instance", () => {
  it("R37 an owner's first upload reads and writes the owner and the owner's key once each, and makes no vault call", async () => {
    const phone = await aPhone({ app: coldApp() });
    await phone.call("PUT", "v1/backups/android", { body: aBackup(), headers: nothingYet });
    expect(calls.sort()).toEqual(["read backups", "read keys", "write backups", "write keys"]);
    expect(await vault.takeCalls()).toEqual({});
  });

  it("R37 an upload makes one round of reads, one write and no vault call", async () => {
    const { phone, first } = await settled();
    const reply = await phone.call("PUT", "v1/backups/android", {
      body: aBackup(),
      headers: replacing(first),
    });
    expect(reply.status).toBe(200);
    expect(calls.sort()).toEqual(["read backups", "read keys", "write backups"]);
    expect(await vault.takeCalls()).toEqual({});
  });

  it("R32 R37 a refused upload makes one round of reads, one write and no vault call; the next one no write", async () => {
    const { phone, first } = await settled();
    const odd = { body: { accounts: [0], settings: {} }, headers: replacing(first) };
    expect((await phone.call("PUT", "v1/backups/android", odd)).status).toBe(400);
    expect(calls.sort()).toEqual(["read backups", "read keys", "write backups"]);
    await forget();
    expect((await phone.call("PUT", "v1/backups/android", odd)).status).toBe(400);
    expect(calls).toEqual(["read backups"]);
    expect(await vault.takeCalls()).toEqual({});
  });

  it("R8 R37 R42 an upload repeated for its lost envelope makes one vault call, and the log says so", async () => {
    const phone = await aPhone({ app: coldApp() });
    const headers = { ...nothingYet, "idempotency-key": "one" };
    const same = { body: aBackup(), headers };
    const put = () => phone.call("PUT", "v1/backups/android?custody=client", same);
    expect(lineOf(await put())).not.toHaveProperty("reopened");
    await forget();
    const repeated = await put();
    expect(repeated.status).toBe(201);
    expect(await vault.takeCalls()).toMatchObject({ unwrapKey: 1 });
    expect(lineOf(repeated)).toMatchObject({ endpoint: "upload-backup", reopened: true });
  });

  it("R26 R37 a staleness check reads the owner and the owner's key, and nothing else", async () => {
    const { phone } = await settled();
    expect((await phone.call("GET", "v1/backups/android/staleness")).status).toBe(200);
    expect(calls.sort()).toEqual(["read backups", "read keys"]);
    expect(await vault.takeCalls()).toEqual({});
  });

  it("R37 F13 a recovery makes one vault call, and one more for the instance's first use of a shard key", async () => {
    const { phone } = await settled();
    expect((await phone.call("POST", "v1/recoveries", { body })).status).toBe(200);
    expect(await vault.takeCalls()).toMatchObject({ unwrapKey: 2 });
    expect(calls.filter((call) => !isRead(call))).toEqual(["send", "write backups", "write backups"]);
    await forget();
    expect((await phone.call("POST", "v1/recoveries", { body })).status).toBe(200);
    expect(calls.sort()).toEqual(["read backups", "send", "write backups", "write backups"]);
    expect(await vault.takeCalls()).toEqual({ unwrapKey: 1 });
  });

  it("R18 a refused recovery of a registered device writes and sends nothing; an unknown one's is one message and one write", async () => {
    const { owner, phone, later } = await settled();
    const outdated = { body: { ...body, plan: "made up" } };
    expect((await phone.call("POST", "v1/recoveries", outdated)).status).toBe(409);
    expect(calls.filter((call) => !isRead(call))).toEqual([]);
    const stranger = await aPhone({ owner, app: later });
    await forget();
    expect((await stranger.call("POST", "v1/recoveries", outdated)).status).toBe(409);
    expect(calls.filter((call) => !isRead(call))).toEqual(["send", "write backups"]);
  });

  it("R11 R37 a plan reads the owner once, makes one vault call on a warm instance and writes nothing", async () => {
    const { phone } = await settled();
    const plan = () => phone.call("POST", "v1/recovery-plans", { body: wanted });
    expect((await plan()).status).toBe(200);
    await forget();
    expect((await plan()).status).toBe(200);
    expect(calls).toEqual(["read backups"]);
    expect(await vault.takeCalls()).toEqual({ unwrapKey: 1 });
  });

  it("R44 R37 a quiet read reads the owner once, counts by one append, logs by one message and makes one vault call", async () => {
    const { phone } = await settled();
    const read = () => phone.call("GET", "v1/backups/android/document");
    expect((await read()).status).toBe(200);
    await forget();
    expect((await read()).status).toBe(200);
    expect(calls.sort()).toEqual(["append backups", "read backups", "send"]);
    expect(await vault.takeCalls()).toEqual({ unwrapKey: 1 });
  });

  it("R14 R37 a code check makes one read, one write and no vault call on a warm instance; two on a cold one", async () => {
    const scene = await aRecovery({ watched: anAppToWatch({ settings: vault.settings, through }) });
    const uri = await proven(scene);
    const cold = {
      ...scene,
      watched: anAppToWatch({ settings: vault.settings, through, clock: scene.watched.clock.now }),
    };
    await forget();
    const check = async () => {
      scene.watched.clock.pass(30_000);
      return (await verify(cold, scene.personal, codeAt(uri, scene.watched.clock.now()))).body;
    };
    expect(await check()).toMatchObject({ valid: true });
    expect(await vault.takeCalls()).toMatchObject({ unwrapKey: 2 });
    await forget();
    expect(await check()).toMatchObject({ valid: true });
    expect(calls).toEqual(["read backups", "write backups"]);
    expect(await vault.takeCalls()).toEqual({});
  });

  it("R37 without a pinned key, an instance asks the vault for it once", async () => {
    const app = coldApp({ PINNED_PUBLIC_KEYS: '{"keys":[]}' });
    const upload = async () =>
      (await aPhone({ app })).call("PUT", "v1/backups/android", { body: aBackup(), headers: nothingYet });
    await vault.takeCalls();
    await upload();
    expect(await vault.takeCalls()).toMatchObject({ getKey: 1 });
    await upload();
    expect(await vault.takeCalls()).toEqual({});
  });

  it("R36 F14 twenty recoveries at once on a cold instance: none goes out without a token", async () => {
    const owners = await Promise.all(Array.from({ length: 20 }, settled));
    const shards = new Set(owners.map(({ owner }) => shardOf(idOf(owner))));
    await forget();
    const app = coldApp();
    const replies = await Promise.all(
      owners.map(({ phone }) => {
        phone.through(app.fetch);
        return phone.call("POST", "v1/recoveries", { body });
      }),
    );
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
    const { unwrapKey, unauthenticatedWithBody = 0 } = await vault.takeCalls();
    expect({ unwrapKey, unauthenticatedWithBody }).toEqual({
      unwrapKey: 20 + shards.size,
      unauthenticatedWithBody: 0,
    });
  });
});
