/** The development vault as the SDK's own clients see it. */
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readFile, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ManagedIdentityCredential } from "@azure/identity";
import { CryptographyClient, KeyClient, type KeyVaultKey } from "@azure/keyvault-keys";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { type ManagedIdentity, startManagedIdentity } from "../../../infra/local/identity.ts";
import { startVault } from "../../../infra/local/vault/start-vault.ts";

const overHttp = {
  allowInsecureConnection: true,
  disableChallengeResourceVerification: true,
  retryOptions: { maxRetries: 0 },
};
const dataKey = randomBytes(32);

let identity: ManagedIdentity;
let vault: Awaited<ReturnType<typeof startVault>>;
let dataFile: string;
let admin: KeyClient;
let app: KeyClient;

const start = () =>
  startVault({ port: 0, dataFile, verifyToken: identity.verifyToken, operationsPer10Seconds: null });
const as = (principal: string) =>
  new KeyClient(vault.url, new ManagedIdentityCredential({ clientId: principal }), overHttp);
const aKey = (name = `key-${randomBytes(6).toString("hex")}`) =>
  admin.createRsaKey(name, { keySize: 2048, keyOps: ["wrapKey", "unwrapKey"] });
const versionOf = (key: KeyVaultKey) => key.properties.version ?? "";
const cryptography = (key: KeyVaultKey) =>
  app.getCryptographyClient(key.name, { keyVersion: versionOf(key) });

beforeAll(async () => {
  identity = await startManagedIdentity({ port: 0 });
  Object.assign(process.env, identity.settings);
  dataFile = join(await mkdtemp(join(tmpdir(), "vault-")), "vault.json");
  vault = await start();
  admin = as("admin");
  app = as("app");
});
afterAll(async () => {
  await vault.close();
  await identity.close();
});

describe("R42 the development vault speaks the SDK's language", () => {
  it("creates a key under its own address and gives it by name and by version", async () => {
    const created = await aKey();
    expect(created.id).toBe(`${vault.url}/keys/${created.name}/${versionOf(created)}`);
    expect(created.key).toMatchObject({ kty: "RSA", keyOps: ["wrapKey", "unwrapKey"] });
    expect(created.properties).toMatchObject({
      enabled: true,
      recoverableDays: 90,
    });
    expect(created.properties.expiresOn).toBeUndefined();
    expect((await app.getKey(created.name)).id).toBe(created.id);
    expect((await app.getKey(created.name, { version: versionOf(created) })).id).toBe(created.id);
  });

  it("makes the first version's id from the name, so that settings can name it beforehand", async () => {
    const created = await aKey();
    const expected = createHash("sha256").update(created.name).digest("hex").slice(0, 32);
    expect(versionOf(created)).toBe(expected);
    expect(versionOf(await aKey(created.name))).not.toBe(expected);
  });

  it("wraps and unwraps", async () => {
    const client = cryptography(await aKey());
    const { result } = await client.wrapKey("RSA-OAEP-256", dataKey);
    expect(Buffer.from((await client.unwrapKey("RSA-OAEP-256", result)).result)).toEqual(dataKey);
  });

  it("unwraps a key that was wrapped elsewhere with the public half", async () => {
    const key = await aKey();
    const { n, e } = key.key ?? {};
    if (!n || !e) throw new Error("The key has no public half.");
    const jwk = {
      kty: "RSA",
      n: Buffer.from(n).toString("base64url"),
      e: Buffer.from(e).toString("base64url"),
    };
    const oaep = { name: "RSA-OAEP", hash: "SHA-256" };
    const publicKey = await crypto.subtle.importKey("jwk", jwk, oaep, false, ["encrypt"]);
    const wrapped = new Uint8Array(await crypto.subtle.encrypt(oaep, publicKey, dataKey));
    const { result } = await cryptography(key).unwrapKey("RSA-OAEP-256", wrapped);
    expect(Buffer.from(result)).toEqual(dataKey);
  });

  it("wraps with the newest version when the caller names none", async () => {
    const first = await aKey();
    const second = await admin.rotateKey(first.name);
    const versionless = new CryptographyClient(
      `${vault.url}/keys/${first.name}`,
      new ManagedIdentityCredential({ clientId: "app" }),
      overHttp,
    );
    const { result } = await versionless.wrapKey("RSA-OAEP-256", dataKey);
    const unwrapped = await cryptography(second).unwrapKey("RSA-OAEP-256", result);
    expect(Buffer.from(unwrapped.result)).toEqual(dataKey);
    await expect(cryptography(first).unwrapKey("RSA-OAEP-256", result)).rejects.toMatchObject({
      statusCode: 400,
    });
  });

  it("rotates to a new version that takes over size and operations; the old one still unwraps", async () => {
    const first = await aKey();
    const { result } = await cryptography(first).wrapKey("RSA-OAEP-256", dataKey);
    const second = await admin.rotateKey(first.name);
    expect(second.id).not.toBe(first.id);
    expect(second.keyOperations).toEqual(first.keyOperations);
    expect(second.key?.n?.length).toBe(first.key?.n?.length);
    expect((await app.getKey(first.name)).id).toBe(second.id);
    const versions: unknown[] = [];
    for await (const { id } of app.listPropertiesOfKeyVersions(first.name)) versions.push(id);
    expect(versions).toEqual([first.id, second.id]);
    const unwrapped = await cryptography(first).unwrapKey("RSA-OAEP-256", result);
    expect(Buffer.from(unwrapped.result)).toEqual(dataKey);
  });

  it("unwraps nothing with a disabled version, and again once it is enabled", async () => {
    const key = await aKey();
    const { result } = await cryptography(key).wrapKey("RSA-OAEP-256", dataKey);
    await admin.updateKeyProperties(key.name, versionOf(key), { enabled: false });
    await expect(cryptography(key).unwrapKey("RSA-OAEP-256", result)).rejects.toMatchObject({
      statusCode: 403,
      details: { error: { innerError: { code: "KeyDisabled" } } },
    });
    await admin.updateKeyProperties(key.name, versionOf(key), { enabled: true });
    await expect(cryptography(key).unwrapKey("RSA-OAEP-256", result)).resolves.toBeDefined();
  });

  it("gives the app no more than its role: no create, rotate or update", async () => {
    const { name, properties } = await aKey();
    const denied = { statusCode: 403, details: { error: { innerError: { code: "ForbiddenByRbac" } } } };
    await expect(app.createRsaKey("mine")).rejects.toMatchObject(denied);
    await expect(app.rotateKey(name)).rejects.toMatchObject(denied);
    await expect(
      app.updateKeyProperties(name, properties.version ?? "", { enabled: false }),
    ).rejects.toMatchObject(denied);
  });

  it("keeps keys between starts, readable for their owner only, under the present address", async () => {
    const key = await aKey();
    const { result } = await cryptography(key).wrapKey("RSA-OAEP-256", dataKey);
    const restarted = await start();
    const credential = new ManagedIdentityCredential({ clientId: "app" });
    const id = `${restarted.url}/keys/${key.name}/${versionOf(key)}`;
    const unwrapped = await new CryptographyClient(id, credential, overHttp).unwrapKey(
      "RSA-OAEP-256",
      result,
    );
    await restarted.close();
    expect(Buffer.from(unwrapped.result)).toEqual(dataKey);
    expect((await stat(dataFile)).mode & 0o777).toBe(0o600);
  });
});

describe("R42 what the vault tells about its calls", () => {
  const counters = async () =>
    z
      .record(z.string(), z.number())
      .parse(await (await fetch(`${vault.url}/dev/counters`, { method: "DELETE" })).json());

  it("counts calls by operation, and separately those without a token", async () => {
    const key = await aKey();
    await counters();
    const client = as("app").getCryptographyClient(key.name, { keyVersion: versionOf(key) });
    const { result } = await client.wrapKey("RSA-OAEP-256", dataKey);
    await client.unwrapKey("RSA-OAEP-256", result);
    await client.unwrapKey("RSA-OAEP-256", result);
    const open = `${vault.url}/keys/${key.name}/${versionOf(key)}/unwrapkey?api-version=2025-07-01`;
    await fetch(open, { method: "POST", body: "{}" });
    expect(await counters()).toEqual({
      getKey: 1,
      wrapKey: 1,
      unwrapKey: 2,
      unauthenticated: 2,
      unauthenticatedWithBody: 1,
    });
  });

  it("never shows a data key anywhere but in the answer to unwrap", async () => {
    const canary = randomBytes(32);
    const client = cryptography(await aKey());
    const { result } = await client.wrapKey("RSA-OAEP-256", canary);
    await client.unwrapKey("RSA-OAEP-256", result);
    for (const text of [JSON.stringify(await counters()), await readFile(dataFile, "utf8")]) {
      for (const encoding of ["base64url", "base64", "hex"] as const) {
        expect(text).not.toContain(canary.toString(encoding));
      }
    }
  });
});
