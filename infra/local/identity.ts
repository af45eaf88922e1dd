/** Stands in for a function app's managed-identity endpoint: issues tokens that the vault verifies. */
import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { generateKeyPair, jwtVerify, SignJWT } from "jose";
import { type LoopbackServer, sendJson, serveOnLoopback } from "./loopback-server.ts";

const tokenPath = "/metadata/identity/oauth2/token";
const issuer = "https://sts.windows.net/local-development/";
const lifetimeSeconds = 24 * 60 * 60;

type PrincipalName = string;

export type ManagedIdentity = LoopbackServer & {
  /** The app's IDENTITY_ENDPOINT and IDENTITY_HEADER. */
  settings: { IDENTITY_ENDPOINT: string; IDENTITY_HEADER: string };
  issueToken(principal: PrincipalName, resource: string): Promise<string>;
  /** The principal a token was issued to; rejects if it isn't one of ours for this audience. */
  verifyToken(token: string, audience: string): Promise<PrincipalName>;
};

const principals: readonly PrincipalName[] = ["app", "admin"];

export async function startManagedIdentity({ port }: { port: number }): Promise<ManagedIdentity> {
  const header = randomUUID();
  const { issueToken, verifyToken } = await createSigner();
  const server = await serveOnLoopback(port, () => async (request, response) => {
    const answer = await answerTokenRequest(request, { header, issueToken });
    sendJson(response, answer.status, answer.body);
  });
  const settings = { IDENTITY_ENDPOINT: `${server.url}${tokenPath}`, IDENTITY_HEADER: header };
  return { ...server, settings, issueToken, verifyToken };
}

async function createSigner(): Promise<Pick<ManagedIdentity, "issueToken" | "verifyToken">> {
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  return {
    issueToken: (principal, resource) =>
      new SignJWT({ oid: principal, appid: principal })
        .setProtectedHeader({ alg: "ES256", typ: "JWT" })
        .setIssuer(issuer)
        .setSubject(principal)
        .setAudience(resource)
        .setIssuedAt()
        .setExpirationTime(`${lifetimeSeconds}s`)
        .sign(privateKey),
    async verifyToken(token, audience) {
      const { payload } = await jwtVerify(token, publicKey, {
        issuer,
        audience,
        algorithms: ["ES256"],
        requiredClaims: ["sub", "exp"],
      });
      return payload.sub ?? "";
    },
  };
}

type Answer = { status: number; body: unknown };
type TokenRules = { header: string } & Pick<ManagedIdentity, "issueToken">;

async function answerTokenRequest(request: IncomingMessage, rules: TokenRules): Promise<Answer> {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  if (url.pathname !== tokenPath || request.method !== "GET") return refuse(404, "not_found");
  if (request.headers["x-identity-header"] !== rules.header) return refuse(401, "unauthorized");
  const resource = url.searchParams.get("resource");
  if (!resource || url.searchParams.get("api-version") !== "2019-08-01")
    return refuse(400, "invalid_request");
  const principal = url.searchParams.get("client_id") ?? "app";
  if (!principals.includes(principal)) return refuse(400, "identity_not_found");
  return {
    status: 200,
    body: {
      access_token: await rules.issueToken(principal, resource),
      client_id: principal,
      expires_on: String(Math.floor(Date.now() / 1000) + lifetimeSeconds),
      resource,
      token_type: "Bearer",
    },
  };
}

const refuse = (status: number, error: string): Answer => ({
  status,
  body: {
    error,
    error_description: `The identity stand-in refused the request: ${error}.`,
    statusCode: status,
  },
});
