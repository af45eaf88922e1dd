/** Three rotations of the vault's key under load: nothing is lost, and old versions become unneeded. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { BlobServiceClient } from "@azure/storage-blob";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import * as z from "zod";
import { Phone } from "../../infra/local/phone.ts";
import { type Stack, startStack } from "../../infra/local/stack.ts";
import { appToken } from "../../infra/local/tokens.ts";
import { azureAdapters } from "../../lib/azure/adapters.ts";
import { configFromEnvironment } from "../../lib/config/config.ts";
import type { BackupDocument } from "../../lib/domain/backup/document.ts";
import { versionsIn } from "../../lib/domain/owner/owner-state.ts";
import { ownerIdOf } from "../../lib/domain/owner.ts";
import { etagOf } from "../functions/helpers.ts";
import { aBackup, anAccount, nothingYet } from "../support/builders.ts";
import { anOwner } from "../support/phones.ts";
import { unthrottle } from "../support/stack.ts";
import { recoveredIn } from "../support/step-up.ts";
import { expectSuccess } from "../support/succeeded.ts";

const BACKUP = "v1/backups/android";
const KEY = "backup-kek";
const OWNERS = 6;
/** A few fewer than an owner may make in two minutes. */
const RECOVERIES = 15;
/** Versions of the key after three rotations. */
const VERSIONS = 4;

const data = mkdtempSync(join(tmpdir(), "authenticator-backup-"));
let stack: Stack;
beforeAll(async () => {
  const settings = { KEY_REFRESH_SECONDS: "1" };
  stack = await startStack({ data, ports: "free", settings, log: () => undefined });
  await unthrottle(stack.addresses.vault);
});
afterAll(async () => {
  await stack.close();
  rmSync(data, { recursive: true, force: true });
});

type Owner = { subject: string; phone: Phone; document: BackupDocument; recoveries: number };

async function aPhoneOf(subject: string): Promise<Phone> {
  const { api, issuer } = stack.addresses;
  const phone = new Phone({ api, issuer, platform: "android" });
  await phone.signIn(subject);
  return phone;
}

async function anOwnerAtWork(): Promise<Owner> {
  const subject = anOwner();
  const owner = { subject, phone: await aPhoneOf(subject), document: aBackup([]), recoveries: 0 };
  expectSuccess(await owner.phone.call("PUT", BACKUP, { body: owner.document, headers: nothingYet }));
  return owner;
}

async function expectRecovered({ phone, document }: Owner, by: Phone = phone): Promise<void> {
  const body = { platform: "android", device: { name: "canary-new" }, existingAccounts: [] };
  const { accounts } = recoveredIn(expectSuccess(await by.call("POST", "v1/recoveries", { body })));
  expect(accounts.map(({ account }) => account)).toEqual(document.accounts);
}

/** A little of everything that phones do. */
async function work(owner: Owner): Promise<void> {
  const { phone } = owner;
  const headers = { "if-match": etagOf(expectSuccess(await phone.call("GET", BACKUP))) };
  const body = aBackup([anAccount()]);
  expectSuccess(await phone.call("PUT", BACKUP, { body, headers }));
  owner.document = body;
  expect(expectSuccess(await phone.call("GET", `${BACKUP}/staleness`)).body).toMatchObject({
    state: "fresh",
  });
  if (owner.recoveries >= RECOVERIES) return;
  owner.recoveries += 1;
  await expectRecovered(owner);
}

type Wrapped = { name: string; kid: string; wrapped: string };

/** The wrapped shard keys, with the key version that their metadata names. */
async function wrappedShardKeys(): Promise<Wrapped[]> {
  const client = containerNamed("keys");
  const found: Wrapped[] = [];
  for await (const { name, metadata = {} } of client.listBlobsFlat({
    prefix: "shard-keys/",
    includeMetadata: true,
  })) {
    const content = await client.getBlobClient(name).downloadToBuffer();
    found.push({ name, kid: metadata["kid"] ?? "", wrapped: content.toString("base64url") });
  }
  return found;
}

/** An owner's state names the key version of each wrapped data key. */
async function wrappedVersions(all: Owner[]): Promise<Wrapped[]> {
  const { owners } = azureAdapters(configFromEnvironment(stack.settings), () => new Date());
  const found = await Promise.all(
    all.map(async ({ subject }) => {
      const held = (await owners.find(idOf(subject))) ?? expect.fail("nothing is stored");
      return versionsIn(held.state).map(({ id, keyId, wrappedKey }) => ({
        name: id,
        kid: keyId,
        wrapped: wrappedKey,
      }));
    }),
  );
  return found.flat();
}

const containerNamed = (name: string) =>
  BlobServiceClient.fromConnectionString(stack.settings["BACKUPS_STORAGE"] ?? "").getContainerClient(name);
const idOf = (subject: string) => ownerIdOf({ issuer: stack.addresses.issuer, subject });

const allWrapped = async (all: Owner[]) => [...(await wrappedVersions(all)), ...(await wrappedShardKeys())];

/** The key versions named in the owners' metadata, by which sweeps select. */
async function kidsTold(all: Owner[]): Promise<string[]> {
  const told = all.map(async ({ subject }) => {
    const blob = containerNamed("backups").getBlobClient(`owners/${idOf(subject)}`);
    return ((await blob.getProperties()).metadata?.["kids"] ?? "").split(" ");
  });
  return [...new Set((await Promise.all(told)).flat())].toSorted();
}

const unwrapped = async ({ kid, wrapped: value }: Wrapped): Promise<number> =>
  (await stack.vaultAdmin.call("POST", `${new URL(kid).pathname}/unwrapkey`, { alg: "RSA-OAEP-256", value }))
    .status;

/** The vault itself confirms it: the named version unwraps it, and no other does. */
async function expectNamedTruly(each: Wrapped, kids: string[]): Promise<void> {
  for (const kid of kids)
    expect(await unwrapped({ ...each, kid }), each.name).toBe(kid === each.kid ? 200 : 400);
}

const kidsNow = async () => (await stack.vaultAdmin.publicKeys(KEY)).map(({ kid }) => kid);

const Sweeps = z.object({
  sweeps: z.array(
    z.looseObject({
      sweep: z.string(),
      finishedAt: z.string().optional(),
      keys: z.record(z.string(), z.int()),
    }),
  ),
});

async function operator(method: string, path: string): Promise<unknown> {
  const { api, issuer } = stack.addresses;
  const token = await appToken(issuer, "contoso-sign-in", "Sweeps.Run");
  const headers = { authorization: `Bearer ${token}`, "content-length": "0" };
  return await (await fetch(`${api}/${path}`, { method, headers })).json();
}

/** The versions that a whole run of the sweep has left in use, as the service reports. */
async function swept(name: string): Promise<string[]> {
  const startedAt = new Date().toISOString();
  await operator("POST", `v1/sweeps/${name}`);
  return await vi.waitFor(
    async () => {
      const { sweeps } = Sweeps.parse(await operator("GET", "v1/sweeps"));
      const found = sweeps.find(({ sweep, finishedAt = "" }) => sweep === name && finishedAt > startedAt);
      return Object.keys(found?.keys ?? expect.fail(`${name} has not come to its end`));
    },
    { timeout: 120_000, interval: 200 },
  );
}

/** A new instance knows only its settings, which name the oldest version. */
async function restartHost(): Promise<void> {
  process.kill(stack.hostPid() ?? expect.fail("there is no host"), "SIGKILL");
  const health = async () => expect((await fetch(`${stack.addresses.api}/health`)).status).toBe(200);
  await vi.waitFor(health, { timeout: 30_000, interval: 100 });
}

it("R38 F15 F16 three rotations under load: nothing lost, each blob names its wrapping version; swept, none needs an old version", async () => {
  const owners = await Promise.all(Array.from({ length: OWNERS }, anOwnerAtWork));
  let isOver = false;
  const loads = Promise.all(
    owners.map(async (owner) => {
      while (!isOver) await work(owner);
    }),
  );
  loads.catch(() => undefined);
  /** Uploads have taken up the newest version. */
  const taken = async () => {
    const [newest] = await kidsNow();
    while (!(await kidsTold(owners)).some((kid) => kid === newest))
      await Promise.race([setTimeout(100), loads]);
  };
  await taken();
  for (let version = 2; version <= VERSIONS; version++) {
    expect((await stack.vaultAdmin.call("POST", `/keys/${KEY}/rotate`)).status).toBe(200);
    await taken();
  }
  const kids = await kidsNow();
  expect(kids).toHaveLength(VERSIONS);
  const before = await allWrapped(owners);
  for (const each of before) await expectNamedTruly(each, kids);
  expect(new Set(before.map(({ kid }) => kid)).size).toBeGreaterThan(1);

  const [newest = ""] = kids;
  expect(await swept("rewrap")).toEqual([newest]);
  expect(await swept("shard-keys")).toEqual([newest]);
  isOver = true;
  await loads;
  const after = await allWrapped(owners);
  expect(new Set(after.map(({ kid }) => kid))).toEqual(new Set([newest]));
  expect(await kidsTold(owners)).toEqual([newest]);
  for (const each of after) await expectNamedTruly(each, kids);

  for (const kid of kids.slice(1)) {
    const disabled = { attributes: { enabled: false } };
    expect((await stack.vaultAdmin.call("PATCH", new URL(kid).pathname, disabled)).status).toBe(200);
  }
  await restartHost();
  for (const owner of owners) {
    expect(owner.recoveries).toBeGreaterThan(1);
    await expectRecovered(owner, await aPhoneOf(owner.subject));
  }
});
