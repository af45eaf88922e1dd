/** The issuer's route for scripts and tests, `POST /dev/token`: a token without a sign-in. */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { importJWK, SignJWT } from "jose";
import * as z from "zod";
import { parseBody, Refusal, readBody, sendJson } from "../loopback-server.ts";
import { audienceOfApps, audienceOfPeople } from "./audiences.ts";
import { clientId } from "./provider.ts";
import type { SigningKey } from "./signing-keys.ts";

/**
 * Times are epoch seconds. `claims` overrides everything else, and `null` removes a claim, to imitate other
 * providers' tokens and wrong ones. `typ` goes into the header.
 */
const TokenRequest = z.strictObject({
  subject: z.string().min(1),
  /** `null` leaves `auth_time` out. */
  authTime: z.int().nullish(),
  audience: z.string().optional(),
  /** Apps have roles, possibly none; people have no such claim. */
  roles: z.array(z.string()).optional(),
  expiresIn: z.int().default(3600),
  account: z.string().optional(),
  claims: z.record(z.string(), z.unknown()).default({}),
  typ: z.string().default("at+jwt"),
});
type TokenRequest = z.infer<typeof TokenRequest>;

export async function answerDevRoute(
  request: IncomingMessage,
  response: ServerResponse,
  { issuer, key }: { issuer: string; key: SigningKey },
): Promise<void> {
  const route = `${request.method} ${new URL(issuer + request.url).pathname}`;
  if (route !== "POST /dev/token") throw new Refusal(404, "not_found", `The issuer has no route ${route}.`);
  const wanted = parseBody(TokenRequest, await readBody(request), badRequest);
  const access_token = await signToken(issuer, key, wanted);
  sendJson(response, 200, { access_token, token_type: "Bearer", expires_in: wanted.expiresIn });
}

const badRequest = (reason: string, cause: unknown) => new Refusal(400, "invalid_request", reason, { cause });

async function signToken(issuer: string, key: SigningKey, request: TokenRequest): Promise<string> {
  const { subject, authTime, audience, roles, expiresIn, account, claims, typ } = request;
  const now = Math.floor(Date.now() / 1000);
  const said = {
    iss: issuer,
    sub: subject,
    aud: audience ?? (roles ? audienceOfApps : audienceOfPeople),
    iat: now,
    exp: now + expiresIn,
    ...(authTime !== null && { auth_time: authTime ?? now }),
    jti: randomUUID(),
    client_id: clientId,
    ...(roles && { roles }),
    ...(account !== undefined && { account }),
    ...claims,
  };
  return new SignJWT(Object.fromEntries(Object.entries(said).filter(([, value]) => value !== null)))
    .setProtectedHeader({ alg: "RS256", kid: key.kid, typ })
    .sign(await importJWK(key, "RS256"));
}
