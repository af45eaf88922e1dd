/** A phone's view of slow or failed vault and storage: uploads continue, recoveries say when to retry. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import type { Reply } from "../../infra/local/phone.ts";
import type { Fault } from "../../infra/local/vault/faults.ts";
import { anApp } from "../support/app.ts";
import { aBackup, nothingYet, replacing } from "../support/builders.ts";
import { type FaultProxy, startFaultProxy } from "../support/fault-proxy.ts";
import { type OwnVault, ownVault } from "../support/own-vault.ts";
import { aPhone } from "../support/phones.ts";

const BACKUP = "v1/backups/android";
const recovery = { body: { platform: "android", device: { name: "new" }, existingAccounts: [] } };

const Exported = z.looseObject({
  backups: z.array(
    z.looseObject({ versions: z.array(z.looseObject({ unreadable: z.boolean().optional() })) }),
  ),
});

let vault: OwnVault;
beforeAll(async () => {
  vault = await ownVault();
});
afterAll(() => vault.close());
afterEach(() => vault.mend());

const problemOf = ({ status, body, headers }: Reply) => ({
  status,
  type: body instanceof Object && "type" in body ? body.type : undefined,
  retries: headers.get("retry-after") !== null,
});

const faults: [string, Fault][] = [
  ["throttled (429)", { status: 429 }],
  ["in error (500)", { status: 500 }],
  ["down (503)", { status: 503 }],
  ["forbidden (403)", { status: 403 }],
  ["cut off", { disconnect: true }],
  ["slow (30 s)", { latencyMs: 30_000 }],
];

describe.each(faults)("while the vault is %s", (_, fault) => {
  it("R32 R37 F17 uploads continue, a recovery gets 503 within the deadline and changes nothing", async () => {
    const app = anApp(vault);
    const phone = await aPhone({ app });
    await vault.break(fault);
    const uploaded = await phone.call("PUT", BACKUP, { body: aBackup(), headers: nothingYet });
    expect(uploaded.status).toBe(201);
    const startedAt = performance.now();
    const refused = await phone.call("POST", "v1/recoveries", recovery);
    expect(problemOf(refused)).toEqual({
      status: 503,
      type: "/api/problems/vault-unavailable",
      retries: true,
    });
    expect(performance.now() - startedAt).toBeLessThan(8000);
    const status = await phone.call("GET", BACKUP);
    expect(status.headers.get("etag")).toBe(uploaded.headers.get("etag"));
    await vault.mend();
    expect((await phone.call("POST", "v1/recoveries", recovery)).status).toBe(200);
  });
});

it("R32 F17 a vault that has failed over and is read-only still recovers", async () => {
  const phone = await aPhone({ app: anApp(vault) });
  await phone.call("PUT", BACKUP, { body: aBackup(), headers: nothingYet });
  await vault.break({ readOnly: true });
  expect((await phone.call("POST", "v1/recoveries", recovery)).status).toBe(200);
});

it("R38 an older version of the key still opens what it wrapped; a disabled one gives 503 and loses nothing", async () => {
  const phone = await aPhone({ app: anApp(vault) });
  await phone.call("PUT", BACKUP, { body: aBackup(), headers: nothingYet });
  await vault.admin.call("POST", "/keys/backup-kek/rotate");
  expect((await phone.call("POST", "v1/recoveries", recovery)).status).toBe(200);
  const version = new URL(vault.settings["KEY_IDS"] ?? "").pathname;
  const enable = (enabled: boolean) => vault.admin.call("PATCH", version, { attributes: { enabled } });
  await enable(false);
  expect((await phone.call("POST", "v1/recoveries", recovery)).status).toBe(503);
  await enable(true);
  expect((await phone.call("POST", "v1/recoveries", recovery)).status).toBe(200);
});

it("R38 F16 an expired version still recovers, on a new instance, too; a disabled one gives 503 until it is enabled again", async () => {
  const phone = await aPhone({ app: anApp(vault) });
  await phone.call("PUT", BACKUP, { body: aBackup(), headers: nothingYet });
  const version = new URL(vault.settings["KEY_IDS"] ?? "").pathname;
  const change = async (attributes: object) =>
    expect((await vault.admin.call("PATCH", version, { attributes })).status).toBe(200);
  const recover = async () => {
    phone.through(anApp(vault).fetch);
    return problemOf(await phone.call("POST", "v1/recoveries", recovery));
  };
  const recovered = { status: 200, type: undefined, retries: false };
  await change({ exp: Math.floor(Date.now() / 1000) - 60 });
  const wrapped = await vault.admin.call("POST", `${version}/wrapkey`, {
    alg: "RSA-OAEP-256",
    value: "AAAA",
  });
  expect(wrapped.status).toBe(403);
  expect(await recover()).toEqual(recovered);
  await change({ enabled: false });
  expect(await recover()).toEqual({ status: 503, type: "/api/problems/vault-unavailable", retries: true });
  await change({ enabled: true });
  expect(await recover()).toEqual(recovered);
});

it("R35 R38 an export marks what a disabled version of the key has sealed, and has all the rest", async () => {
  const phone = await aPhone({ app: anApp(vault) });
  const first = await phone.call("PUT", BACKUP, { body: aBackup(), headers: nothingYet });
  await vault.admin.call("POST", "/keys/backup-kek/rotate");
  const [newest] = await vault.admin.publicKeys("backup-kek");
  phone.through(anApp({ ...vault, settings: { ...vault.settings, KEY_IDS: newest?.kid ?? "" } }).fetch);
  await phone.call("PUT", BACKUP, { body: aBackup(), headers: replacing(first) });
  const marks = async () => {
    const { body } = await phone.call("GET", "v1/me/export");
    return Exported.parse(body).backups.flatMap(({ versions }) => versions.map((each) => each.unreadable));
  };
  expect(await marks()).toEqual([undefined, undefined]);
  const version = new URL(vault.settings["KEY_IDS"] ?? "").pathname;
  const enable = (enabled: boolean) => vault.admin.call("PATCH", version, { attributes: { enabled } });
  await enable(false);
  expect(await marks()).toEqual([undefined, true]);
  await enable(true);
  expect(await marks()).toEqual([undefined, undefined]);
});

describe("while the storage", () => {
  let proxy: FaultProxy;
  beforeAll(async () => {
    proxy = await startFaultProxy("storage");
  });
  afterEach(() => proxy.mend());
  afterAll(() => proxy.close());

  it.each([
    ["answers 503", "503"],
    ["cuts every connection", "cut"],
    ["never answers", "silent"],
  ] as const)("%s: R32 503 and when to come back, within ten seconds", async (_, kind) => {
    const phone = await aPhone({ app: anApp(proxy) });
    proxy.order(kind);
    const startedAt = performance.now();
    const reply = await phone.call("PUT", BACKUP, { body: aBackup(), headers: nothingYet });
    expect(problemOf(reply)).toEqual({
      status: 503,
      type: "/api/problems/storage-unavailable",
      retries: true,
    });
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  it("R8 loses the answer to the first write of an upload: it counts once, and nothing is lost", async () => {
    const phone = await aPhone({ app: anApp(proxy) });
    const first = await phone.call("PUT", BACKUP, { body: aBackup(), headers: nothingYet });
    expect(first.status).toBe(201);
    proxy.order("lost", { times: 1 });
    const second = await phone.call("PUT", BACKUP, { body: aBackup(), headers: replacing(first) });
    expect(proxy.met()).toBe(1);
    expect(second.body).toMatchObject({ current: true, version: { generation: 2 } });
    const status = await phone.call("GET", BACKUP);
    expect(status.body).toMatchObject({ generation: 2, etag: second.headers.get("etag") });
  });
});
