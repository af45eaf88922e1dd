/** The managed-identity stand-in, through the SDK's credential and over plain HTTP. */
import { ManagedIdentityCredential } from "@azure/identity";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ManagedIdentity, startManagedIdentity } from "../../../infra/local/identity.ts";

const vaultAudience = "https://vault.azure.net";
let identity: ManagedIdentity;

const ask = (query: Record<string, string>, header = identity.settings.IDENTITY_HEADER) =>
  fetch(`${identity.settings.IDENTITY_ENDPOINT}?${new URLSearchParams(query)}`, {
    headers: { "x-identity-header": header },
  });

beforeAll(async () => {
  identity = await startManagedIdentity({ port: 0 });
  Object.assign(process.env, identity.settings);
});
afterAll(() => identity.close());

describe("R42 the identity stand-in", () => {
  it("gives ManagedIdentityCredential the app's token, unchanged code", async () => {
    const { token, expiresOnTimestamp } = await new ManagedIdentityCredential().getToken(
      `${vaultAudience}/.default`,
    );
    expect(await identity.verifyToken(token, vaultAudience)).toBe("app");
    expect(expiresOnTimestamp).toBeGreaterThan(Date.now() + 3_600_000);
  });

  it("gives the principal that the client id names", async () => {
    const credential = new ManagedIdentityCredential({ clientId: "admin" });
    const { token } = await credential.getToken(`${vaultAudience}/.default`);
    expect(await identity.verifyToken(token, vaultAudience)).toBe("admin");
  });

  it("issues for the asked resource only", async () => {
    const token = await identity.issueToken("app", "https://storage.azure.com");
    expect(decodeJwt(token)).toMatchObject({ aud: "https://storage.azure.com", sub: "app" });
    await expect(identity.verifyToken(token, vaultAudience)).rejects.toThrow('unexpected "aud"');
  });

  it("believes no other stand-in's token", async () => {
    const other = await startManagedIdentity({ port: 0 });
    const token = await other.issueToken("app", vaultAudience);
    await other.close();
    await expect(identity.verifyToken(token, vaultAudience)).rejects.toThrow("signature verification failed");
  });
});

describe("R42 the identity stand-in refuses", () => {
  const good = { resource: vaultAudience, "api-version": "2019-08-01" };

  it("a call without the secret header", async () => {
    expect((await ask(good, "guess")).status).toBe(401);
  });

  it("a call without a resource, or of another version", async () => {
    expect((await ask({ "api-version": "2019-08-01" })).status).toBe(400);
    expect((await ask({ ...good, "api-version": "2018-02-01" })).status).toBe(400);
  });

  it("a client id that it doesn't know", async () => {
    expect((await ask({ ...good, client_id: "stranger" })).status).toBe(400);
  });

  it("other paths and methods", async () => {
    expect((await fetch(identity.url)).status).toBe(404);
    expect((await fetch(identity.settings.IDENTITY_ENDPOINT, { method: "POST" })).status).toBe(404);
  });
});
