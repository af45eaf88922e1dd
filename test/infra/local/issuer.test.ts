/** The OpenID issuer: tokens as a verifier sees them, and the sign-in that an app walks through. */
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from "jose";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { startIssuer } from "../../../infra/local/issuer/start-issuer.ts";

const audience = "api://authenticator-backup";
const redirectUri = "http://127.0.0.1:5999/callback";
const Token = z.object({ access_token: z.string() });
const Tokens = Token.extend({ id_token: z.string(), refresh_token: z.string().optional() });

let dataFile: string;
let issuer: Awaited<ReturnType<typeof startIssuer>>;
const printed = vi.fn();

const now = () => Math.floor(Date.now() / 1000);
const dev = (body: unknown) =>
  fetch(`${issuer.url}/dev/token`, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
const aToken = async (request: object) => Token.parse(await (await dev(request)).json()).access_token;
const verify = (token: string, keys = createRemoteJWKSet(new URL(`${issuer.url}/jwks`))) =>
  jwtVerify(token, keys, { issuer: issuer.url, audience, typ: "at+jwt", algorithms: ["RS256"] });

beforeAll(async () => {
  for (const method of ["log", "info", "warn", "error"] as const)
    vi.spyOn(console, method).mockImplementation(printed);
  dataFile = join(await mkdtemp(join(tmpdir(), "issuer-")), "issuer.json");
  issuer = await startIssuer({ port: 0, dataFile });
});
afterAll(async () => {
  await issuer.close();
  vi.restoreAllMocks();
});

describe("R42 the issuer gives scripts a token at once", () => {
  it("with everything that the API needs, signed with a published key", async () => {
    const { payload, protectedHeader } = await verify(await aToken({ subject: "anna" }));
    expect(payload).toMatchObject({ sub: "anna", client_id: "authenticator-app", jti: expect.any(String) });
    expect(payload["auth_time"]).toBeGreaterThan(now() - 5);
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600);
    expect(protectedHeader).toMatchObject({ alg: "RS256", typ: "at+jwt", kid: expect.any(String) });
  });

  it("with the sign-in time, roles, account, lifetime and claims that it names", async () => {
    const authTime = now() - 3600;
    const named = { roles: ["Tickets.Issue"], account: "anna@example.com" };
    const request = { subject: "shop", authTime, audience, ...named, expiresIn: 60 };
    const { payload } = await verify(await aToken({ ...request, claims: { cnf: { jkt: "thumbprint" } } }));
    expect(payload).toMatchObject({ auth_time: authTime, ...named, cnf: { jkt: "thumbprint" } });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60);
  });

  it("F23 for an app, under its own client id and with or without roles: none counts as a person's", async () => {
    const client_id = "contoso-sign-in";
    for (const roles of [["Codes.Verify"], []]) {
      const token = await aToken({ subject: client_id, roles, claims: { client_id } });
      const aud = `${audience}-providers`;
      expect(decodeJwt(token)).toMatchObject({ sub: client_id, client_id, roles, aud });
      await expect(verify(token)).rejects.toMatchObject({ claim: "aud" });
    }
  });

  it("and wrong ones: expired, for someone else, without a sign-in time", async () => {
    const expired = await aToken({ subject: "anna", expiresIn: -60 });
    await expect(verify(expired)).rejects.toMatchObject({ code: "ERR_JWT_EXPIRED" });
    const other = await aToken({ subject: "anna", audience: "api://other" });
    await expect(verify(other)).rejects.toMatchObject({ claim: "aud" });
    const { payload } = await verify(await aToken({ subject: "anna", authTime: null }));
    expect(payload).not.toHaveProperty("auth_time");
  });

  it("gives tokens of other shapes: any claim set or removed, and another type", async () => {
    const claims = {
      aud: null,
      jti: null,
      client_id: audience,
      nonce: "n-0S6",
      auth_time: "2026-05-04T10:00:00Z",
    };
    const token = await aToken({ subject: "anna", claims, typ: "JWT" });
    const { aud, jti, ...told } = decodeJwt(token);
    expect({ aud, jti, ...told, ...decodeProtectedHeader(token) }).toMatchObject({
      aud: undefined,
      jti: undefined,
      client_id: audience,
      nonce: "n-0S6",
      auth_time: "2026-05-04T10:00:00Z",
      typ: "JWT",
    });
  });

  it.each(["{", "{}", '{"subject":"anna","unknown":1}', '{"subject":""}'])("refuses %s", async (body) => {
    expect((await dev(body)).status).toBe(400);
  });

  it("has no other dev routes", async () => {
    expect((await fetch(`${issuer.url}/dev/secrets`)).status).toBe(404);
  });
});

describe("R42 signing keys", () => {
  it("outlive a restart and are readable for their owner only", async () => {
    const token = await aToken({ subject: "anna" });
    const restarted = await startIssuer({ port: 0, dataFile });
    await verify(token, createRemoteJWKSet(new URL(`${restarted.url}/jwks`)));
    await restarted.close();
    expect((await stat(dataFile)).mode & 0o777).toBe(0o600);
  });
});

describe("R42 the sign-in of an app: authorization code with PKCE", () => {
  it("is announced by discovery", async () => {
    const discovery = await (await fetch(`${issuer.url}/.well-known/openid-configuration`)).json();
    expect(discovery).toMatchObject({
      issuer: issuer.url,
      jwks_uri: `${issuer.url}/jwks`,
      code_challenge_methods_supported: ["S256"],
      id_token_signing_alg_values_supported: ["RS256"],
    });
  });

  it("gives an access token for the API, with the sign-in time that was chosen", async () => {
    const { accessToken } = await signInAs("björn <b@example.com>", { minutesAgo: "30" });
    const { payload } = await verify(accessToken);
    expect(payload.sub).toBe("björn <b@example.com>");
    expect(Math.abs(Number(payload["auth_time"]) - (now() - 1800))).toBeLessThan(5);
  });

  it("can be done anew when the API asks for a fresh sign-in", async () => {
    const { accessToken } = await signInAs("anna", {}, { max_age: "600", prompt: "login" });
    const { payload } = await verify(accessToken);
    expect(Number(payload["auth_time"])).toBeGreaterThan(now() - 5);
  });

  it("gives a refreshed token the time of its original sign-in", async () => {
    const scope = "openid offline_access backup";
    const { refreshToken } = await signInAs("anna", { minutesAgo: "30" }, { scope, prompt: "consent" });
    const refreshed = await postToken({ grant_type: "refresh_token", refresh_token: refreshToken ?? "" });
    const { payload } = await verify(Token.parse(await refreshed.json()).access_token);
    expect(Math.abs(Number(payload["auth_time"]) - (now() - 1800))).toBeLessThan(5);
  });

  it("refuses the code without the verifier", async () => {
    const { code } = await authorize("anna");
    const stolen = await postToken({
      ...codeGrant(code),
      code_verifier: randomBytes(32).toString("base64url"),
    });
    expect(stolen.status).toBe(400);
  });

  it("refuses an app that uses no PKCE, and one that sends codes elsewhere", async () => {
    const plain = await openAuthorization({ code_challenge: "" });
    expect(plain.headers.get("location")).toContain("error=invalid_request");
    const elsewhere = await openAuthorization({ redirect_uri: "https://evil.example/callback" });
    expect(elsewhere.status).toBe(400);
  });

  it("refuses a sign-in as nobody", async () => {
    const { jar, page } = await openSignIn();
    const response = await post(page, { subject: " " }, jar);
    expect(response.status).toBe(400);
  });

  it("prints nothing", () => {
    expect(printed).not.toHaveBeenCalled();
  });
});

const verifier = randomBytes(32).toString("base64url");
type Jar = Map<string, string>;

function openAuthorization(extra: Record<string, string> = {}) {
  const query = new URLSearchParams({
    client_id: "authenticator-app",
    response_type: "code",
    redirect_uri: redirectUri,
    scope: "openid backup",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    ...extra,
  });
  return fetch(`${issuer.url}/auth?${query}`, { redirect: "manual" });
}

function keepCookies(jar: Jar, response: Response) {
  for (const cookie of response.headers.getSetCookie()) {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
    jar.set(name, value);
  }
  return new URL(response.headers.get("location") ?? "/", issuer.url);
}

const cookieHeader = (jar: Jar) => ({
  cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; "),
});

const post = (url: URL, form: Record<string, string>, jar: Jar) =>
  fetch(url, {
    method: "POST",
    body: new URLSearchParams(form),
    headers: cookieHeader(jar),
    redirect: "manual",
  });

async function openSignIn(extra: Record<string, string> = {}) {
  const jar: Jar = new Map();
  const page = keepCookies(jar, await openAuthorization(extra));
  const html = await (await fetch(page, { headers: cookieHeader(jar) })).text();
  expect(html).toContain(`action="${page.pathname}"`);
  return { jar, page };
}

async function authorize(
  subject: string,
  form: Record<string, string> = {},
  extra: Record<string, string> = {},
) {
  const { jar, page } = await openSignIn(extra);
  const resume = keepCookies(jar, await post(page, { subject, ...form }, jar));
  const back = await fetch(resume, { headers: cookieHeader(jar), redirect: "manual" });
  const callback = new URL(back.headers.get("location") ?? "");
  expect(callback.href.slice(0, redirectUri.length)).toBe(redirectUri);
  return { code: callback.searchParams.get("code") ?? "" };
}

const codeGrant = (code: string) => ({ grant_type: "authorization_code", code, redirect_uri: redirectUri });

const postToken = (form: Record<string, string>) =>
  fetch(`${issuer.url}/token`, {
    method: "POST",
    body: new URLSearchParams({ client_id: "authenticator-app", ...form }),
  });

async function signInAs(
  subject: string,
  form: Record<string, string> = {},
  extra: Record<string, string> = {},
) {
  const { code } = await authorize(subject, form, extra);
  const response = await postToken({ ...codeGrant(code), code_verifier: verifier });
  const { access_token: accessToken, refresh_token: refreshToken } = Tokens.parse(await response.json());
  return { accessToken, refreshToken };
}
