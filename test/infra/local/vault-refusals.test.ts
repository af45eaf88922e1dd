/** Every refusal of the development vault, over plain HTTP: status, code and the service's words. */
import { generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { type ManagedIdentity, startManagedIdentity } from "../../../infra/local/identity.ts";
import { startVault } from "../../../infra/local/vault/start-vault.ts";

const audience = "https://vault.azure.net";
const Created = z.object({ key: z.object({ kid: z.url() }) });
const ErrorBody = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    innererror: z.object({ code: z.string() }).optional(),
  }),
});
const aWrappedKey = { alg: "RSA-OAEP-256", value: Buffer.alloc(256, 1).toString("base64url") };

let identity: ManagedIdentity;
let vault: Awaited<ReturnType<typeof startVault>>;
let admin: string;
let app: string;
let kid: string;

async function call(
  method: string,
  path: string,
  { token = admin, body }: { token?: string; body?: unknown } = {},
) {
  return fetch(`${vault.url}${path}?api-version=2025-07-01`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
}
const unwrap = (body: unknown = aWrappedKey, token = app) =>
  call("POST", `${new URL(kid).pathname}/unwrapkey`, { token, body });
const dev = async (method: string, path: string, body?: unknown) => {
  const response = await fetch(`${vault.url}/dev/${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  expect({ path, ok: response.ok }).toEqual({ path, ok: true });
};

async function refusal(response: Response) {
  const { error } = ErrorBody.parse(await response.json());
  return { status: response.status, code: error.code, inner: error.innererror?.code, message: error.message };
}

async function createKey(name: string, attributes = {}) {
  const body = { kty: "RSA", key_size: 2048, attributes };
  return Created.parse(await (await call("POST", `/keys/${name}/create`, { body })).json()).key.kid;
}

beforeAll(async () => {
  identity = await startManagedIdentity({ port: 0 });
  vault = await startVault({ port: 0, verifyToken: identity.verifyToken, operationsPer10Seconds: null });
  admin = await identity.issueToken("admin", audience);
  app = await identity.issueToken("app", audience);
  kid = await createKey("kek");
});
beforeEach(() => dev("DELETE", "faults"));
afterAll(async () => {
  await vault.close();
  await identity.close();
});

describe("R42 the vault believes only its own identity stand-in", () => {
  const expectChallenge = async (response: Response) => {
    expect(response.headers.get("www-authenticate")).toMatch(
      /^Bearer authorization="https:\/\/login\.windows\.net\/[0-9a-f-]{36}", resource="https:\/\/vault\.azure\.net"$/,
    );
    expect(await refusal(response)).toMatchObject({ status: 401, code: "Unauthorized" });
  };

  it("challenges a call without a token", async () => {
    const response = await fetch(`${vault.url}/keys/kek/?api-version=2025-07-01`);
    await expectChallenge(response.clone());
    expect((await refusal(response)).message).toBe("Request is missing a Bearer or PoP token.");
  });

  it("refuses a token for another audience", async () => {
    const token = await identity.issueToken("app", "https://storage.azure.com");
    await expectChallenge(await call("GET", "/keys/kek/", { token }));
  });

  it("refuses a token with another signer", async () => {
    const { privateKey } = await generateKeyPair("ES256");
    const forged = new SignJWT({ sub: "admin" }).setProtectedHeader({ alg: "ES256" }).setAudience(audience);
    const token = await forged.setExpirationTime("1h").sign(privateKey);
    await expectChallenge(await call("GET", "/keys/kek/", { token }));
  });

  it("refuses a token without a signature", async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const token = `${part({ alg: "none" })}.${part({ sub: "admin", aud: audience, exp: 9_999_999_999 })}.`;
    await expectChallenge(await call("GET", "/keys/kek/", { token }));
  });

  it("gives a principal without a role nothing", async () => {
    const token = await identity.issueToken("stranger", audience);
    const response = await call("GET", "/keys/kek/", { token });
    expect(await refusal(response)).toMatchObject({
      status: 403,
      code: "Forbidden",
      inner: "ForbiddenByRbac",
    });
  });
});

describe("R42 the vault refuses wrong calls", () => {
  const cases = [
    ["a value that doesn't open", aWrappedKey, "Error occurred while decoding OAEP padding."],
    ["a missing value", { alg: "RSA-OAEP-256" }, "Property 'value' is required."],
    [
      "a value that isn't base64url",
      { ...aWrappedKey, value: "+/=" },
      "Property 'value' is not valid base64url.",
    ],
    ["a body that isn't JSON", "{", "The request body is not valid JSON."],
  ] as const;
  it.each(cases)("%s → 400", async (_, body, message) => {
    expect(await refusal(await unwrap(body))).toMatchObject({ status: 400, code: "BadParameter", message });
  });

  it("an algorithm it doesn't know → 400", async () => {
    const answer = await refusal(await unwrap({ ...aWrappedKey, alg: "RSA1_5" }));
    expect(answer).toMatchObject({ status: 400, code: "BadParameter" });
  });

  it("a call without api-version → 400", async () => {
    const response = await fetch(kid, { headers: { authorization: `Bearer ${app}` } });
    expect(await refusal(response)).toMatchObject({ status: 400, code: "BadParameter" });
  });

  it.each(["/keys/none/", `/keys/kek/${"0".repeat(32)}`])("GET %s → 404", async (path) => {
    expect(await refusal(await call("GET", path))).toMatchObject({ status: 404, code: "KeyNotFound" });
  });

  it("a path it doesn't have → 404", async () => {
    expect((await call("GET", "/secrets/one")).status).toBe(404);
  });

  it("an expired version wraps no more but still unwraps", async () => {
    const expired = new URL(await createKey("expired", { exp: 1 })).pathname;
    const body = { alg: "RSA-OAEP-256", value: "AAAA" };
    expect(await refusal(await call("POST", `${expired}/wrapkey`, { body }))).toMatchObject({
      status: 403,
      inner: "KeyExpired",
    });
    expect((await call("POST", `${expired}/unwrapkey`, { body })).status).toBe(400);
  });

  it("an operation that the key doesn't allow → 403", async () => {
    const body = { kty: "RSA", key_ops: ["wrapKey"] };
    await call("POST", "/keys/wrap-only/create", { body });
    const response = await call("POST", "/keys/wrap-only//unwrapkey", { body: aWrappedKey });
    expect(await refusal(response)).toMatchObject({ status: 403, inner: "KeyOperationForbidden" });
  });
});

describe("R42 faults on order", () => {
  const statuses = [
    [403, "Forbidden"],
    [429, "Throttled"],
    [500, "InternalServerError"],
    [503, "ServiceUnavailable"],
  ] as const;
  it.each(statuses)("answers %i %s as often as ordered", async (status, code) => {
    await dev("PUT", "faults", { status, times: 2 });
    const refused = await unwrap();
    expect(refused.headers.get("retry-after")).toBeNull();
    expect(await refusal(refused)).toMatchObject({ status, code });
    expect((await unwrap()).status).toBe(status);
    expect((await unwrap()).status).toBe(400);
  });

  it("breaks the connection", async () => {
    await dev("PUT", "faults", { disconnect: true, times: 1 });
    await expect(unwrap()).rejects.toThrow("fetch failed");
    expect((await unwrap()).status).toBe(400);
  });

  it("makes the caller wait until it gives up", async () => {
    await dev("PUT", "faults", { latencyMs: 60_000, times: 1 });
    const slow = fetch(`${vault.url}/keys/kek/?api-version=2025-07-01`, {
      headers: { authorization: `Bearer ${app}` },
      signal: AbortSignal.timeout(50),
    });
    await expect(slow).rejects.toMatchObject({ name: "TimeoutError" });
  });

  it("can be made read-only: unwrap continues, rotate doesn't", async () => {
    await dev("PUT", "faults", { readOnly: true });
    const rotated = await refusal(await call("POST", "/keys/kek/rotate"));
    expect(rotated).toMatchObject({ status: 403, inner: "ReadOnly" });
    expect((await call("GET", "/keys/kek/")).status).toBe(200);
    expect((await unwrap()).status).toBe(400);
  });

  it("refuses an order it doesn't understand", async () => {
    const response = await fetch(`${vault.url}/dev/faults`, { method: "PUT", body: '{"status":418}' });
    expect(response.status).toBe(400);
  });

  it("throttles beyond the set limit, without Retry-After", async () => {
    await dev("PUT", "throttle", { operationsPer10Seconds: 0.5 });
    expect((await call("GET", "/keys/kek/")).status).toBe(200);
    expect((await call("GET", "/keys/kek/")).status).toBe(200);
    const refused = await call("GET", "/keys/kek/");
    expect(refused.headers.get("retry-after")).toBeNull();
    expect(await refusal(refused)).toMatchObject({
      status: 429,
      code: "Throttled",
      message: expect.stringContaining("VaultRequestTypeLimitReached"),
    });
    await dev("PUT", "throttle", { operationsPer10Seconds: null });
    expect((await call("GET", "/keys/kek/")).status).toBe(200);
  });
});
