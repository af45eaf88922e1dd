/** Verifies access tokens (RFC 8725, RFC 9068) of the configured identity providers. */
import { decodeJwt, type JWTVerifyGetKey, jwtVerify } from "jose";
import * as z from "zod";
import type { Clock } from "../domain/clock.ts";
import { Failure } from "../domain/failure.ts";
import { Kept } from "../domain/kept.ts";
import { type Identity, ISSUER_ROLES, type IssuerRole, type SignIn, sha256 } from "../domain/owner.ts";
import { issuerKeys } from "./issuer-keys.ts";

/** `accountClaim`: the claim that names the account. */
export type TokenIssuer = { issuer: string; audience: string; role: IssuerRole; accountClaim: string };

const ALGORITHMS = ["RS256", "PS256", "ES256"];
const SKEW_SECONDS = 30;

/** A phone's next calls bring the same token: for a minute its signature need not be checked again. */
const KEPT = { most: 10_000, milliseconds: 60_000 };
type Verified = { signIn: SignIn; expiresAt: Date };

/** The year 3000: a larger number isn't in seconds. */
const FURTHEST_SECONDS = 32_503_680_000;

/** RFC 9068 §2.1; many providers write JWT or nothing. Other types are no access tokens (RFC 8725 §3.11). */
const TokenType = z.enum(["at+jwt", "application/at+jwt", "jwt"]).optional();

const Claims = z.object({
  iss: z.string(),
  exp: z.number(),
  sub: z.string().min(1).max(255),
  auth_time: z.int().positive().max(FURTHEST_SECONDS).optional(),
  /** A token bound in a way that isn't checked here must not pass as if it were free. */
  cnf: z.strictObject({ jkt: z.string() }).optional(),
  /** ID tokens have these (OpenID Connect Core §3.3.2.11); they are no access tokens. */
  nonce: z.never().optional(),
  at_hash: z.never().optional(),
  c_hash: z.never().optional(),
  /** The app: RFC 9068 §2.2, Entra's tokens of version 2 and 1. */
  client_id: z.string().optional(),
  azp: z.string().optional(),
  appid: z.string().optional(),
  roles: z.array(z.string()).optional(),
  /** A person's token has it, an app's own doesn't (Entra). */
  scp: z.string().optional(),
});

/** The verifier refuses as `not-signed-in`, whatever is wrong with a token, so that strangers learn nothing. */
export function accessTokenVerifier(issuers: TokenIssuer[], now: Clock): Identity["verifyToken"] {
  const keys = new Map(issuers.map(({ issuer }) => [issuer, issuerKeys(issuer, now)]));
  const verifiers = ISSUER_ROLES.map((role) => {
    const known = issuers.filter((each) => each.role === role);
    return [role, verifierFor(known, (issuer) => keys.get(issuer), now)] as const;
  });
  const byRole = new Map(verifiers);
  return async (token, role) => await (byRole.get(role) ?? fail())(token);
}

function fail(): never {
  throw new RangeError("no such role");
}

function verifierFor(
  issuers: TokenIssuer[],
  keysOf: (issuer: string) => JWTVerifyGetKey | undefined,
  now: Clock,
): (token: string) => Promise<SignIn> {
  const known = new Map(issuers.map((issuer) => [issuer.issuer, issuer]));
  const verified = new Kept<string, Verified>(now, KEPT);
  return async (token) => {
    const digest = sha256(token);
    const before = verified.get(digest);
    if (before && before.expiresAt > now()) return before.signIn;
    try {
      const from = known.get(String(decodeJwt(token).iss));
      const keys = keysOf(from?.issuer ?? "");
      if (!from || !keys) throw new Error("unknown issuer");
      const { payload, protectedHeader } = await jwtVerify(token, keys, {
        issuer: from.issuer,
        audience: from.audience,
        algorithms: ALGORITHMS,
        requiredClaims: ["sub", "exp", "iat"],
        clockTolerance: SKEW_SECONDS,
        currentDate: now(),
      });
      TokenType.parse(protectedHeader.typ?.toLowerCase());
      const claims = Claims.parse(payload);
      const signIn = signInOf(claims, payload[from.accountClaim]);
      return verified.set(digest, { signIn, expiresAt: new Date(claims.exp * 1000) }).signIn;
    } catch (cause) {
      if (cause instanceof Failure) throw cause;
      throw new Failure("not-signed-in", "The access token is missing or not valid.", {}, { cause });
    }
  };
}

const signInOf = (
  { iss, sub, auth_time, cnf, client_id, azp, appid, roles = [], scp }: z.infer<typeof Claims>,
  userName: unknown,
): SignIn => ({
  userName: typeof userName === "string" ? userName : undefined,
  client: client_id ?? azp ?? appid,
  roles: scp === undefined ? roles : [],
  issuer: iss,
  subject: sub,
  authTime: auth_time === undefined ? undefined : new Date(auth_time * 1000),
  keyThumbprint: cnf?.jkt,
});
