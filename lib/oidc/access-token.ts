/** Verifies access tokens (RFC 8725, RFC 9068) of the configured identity providers. */
import { decodeJwt, jwtVerify } from "jose";
import * as z from "zod";
import type { Clock } from "../domain/clock.ts";
import { Failure } from "../domain/failure.ts";
import type { SignIn } from "../domain/owner.ts";
import { issuerKeys } from "./issuer-keys.ts";

export type TokenIssuer = { issuer: string; audience: string };

const ALGORITHMS = ["RS256", "PS256", "ES256"];
const SKEW_SECONDS = 30;

const Claims = z.object({
  iss: z.string(),
  sub: z.string().min(1).max(255),
  auth_time: z.int().positive().optional(),
  cnf: z.object({ jkt: z.string().optional() }).optional(),
  /** ID tokens have these (OpenID Connect Core §3.3.2.11); they are no access tokens. */
  nonce: z.never().optional(),
  at_hash: z.never().optional(),
  c_hash: z.never().optional(),
});

/** The verifier refuses as `not-signed-in`, whatever is wrong with a token, so that strangers learn nothing. */
export function accessTokenVerifier(issuers: TokenIssuer[], now: Clock): (token: string) => Promise<SignIn> {
  const known = new Map(
    issuers.map((issuer) => [issuer.issuer, { ...issuer, keys: issuerKeys(issuer.issuer, now) }]),
  );
  return async (token) => {
    try {
      const from = known.get(String(decodeJwt(token).iss));
      if (!from) throw new Error("unknown issuer");
      const { payload } = await jwtVerify(token, from.keys, {
        issuer: from.issuer,
        audience: from.audience,
        algorithms: ALGORITHMS,
        requiredClaims: ["sub", "exp", "iat"],
        clockTolerance: SKEW_SECONDS,
        currentDate: now(),
      });
      return signInOf(Claims.parse(payload));
    } catch (cause) {
      if (cause instanceof Failure) throw cause;
      throw new Failure("not-signed-in", "The access token is missing or not valid.", {}, { cause });
    }
  };
}

const signInOf = ({ iss, sub, auth_time, cnf }: z.infer<typeof Claims>): SignIn => ({
  issuer: iss,
  subject: sub,
  authTime: auth_time === undefined ? undefined : new Date(auth_time * 1000),
  keyThumbprint: cnf?.jkt,
});
