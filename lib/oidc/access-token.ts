/** Verifies the tokens (RFC 8725, RFC 9068) of the configured identity providers. */
import { compactVerify, decodeJwt, errors, type JWTVerifyGetKey } from "jose";
import { Cache } from "../cache.ts";
import type { Clock } from "../domain/clock.ts";
import { Failure, TokenRefusal } from "../domain/failure.ts";
import { sha256 } from "../domain/hash.ts";
import { ISSUER_ROLES, type SignIn, type TokenVerifier } from "../domain/owner.ts";
import { issuerKeys } from "./issuer-keys.ts";
import { readClaims, requireType, type TokenIssuer } from "./token-claims.ts";

const ALGORITHMS = ["RS256", "PS256", "ES256"];

/** Caches verified signatures for a minute: a phone's next calls bring the same token. */
const KEPT = { most: 10_000, milliseconds: 60_000 };
type Verified = { signIn: SignIn; expiresAt: Date };

/**
 * Refuses every bad token as `not-signed-in`, so that strangers learn nothing; the cause says what is wrong.
 */
export function accessTokenVerifier(issuers: TokenIssuer[], now: Clock): TokenVerifier["verifyToken"] {
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
  const known = new Map<unknown, TokenIssuer>(issuers.map((issuer) => [issuer.issuer, issuer]));
  const verified = new Cache<string, Verified>(now, KEPT);
  return async (token) => {
    const digest = sha256(token);
    const before = verified.get(digest);
    if (before && before.expiresAt > now()) return before.signIn;
    try {
      const payload = decodeJwt(token);
      const from = known.get(payload.iss);
      const keys = keysOf(from?.issuer ?? "");
      if (!from || !keys) throw new TokenRefusal("iss");
      const { protectedHeader } = await compactVerify(token, keys, { algorithms: ALGORITHMS });
      // Extensions in `crit` must be understood (RFC 7515 §4.1.11); we support none.
      if (protectedHeader.crit !== undefined) throw new TokenRefusal("crit");
      requireType(protectedHeader.typ);
      const { expiresAt, ...signIn } = readClaims(payload, from, now());
      return verified.set(digest, { signIn, expiresAt }).signIn;
    } catch (error) {
      if (error instanceof Failure) throw error;
      const cause = error instanceof TokenRefusal ? error : new TokenRefusal(checkOf(error));
      throw new Failure("not-signed-in", "The access token is missing or not valid.", {}, { cause });
    }
  };
}

function checkOf(error: unknown): string {
  if (error instanceof errors.JOSEAlgNotAllowed) return "alg";
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return "kid";
  if (error instanceof errors.JWSSignatureVerificationFailed) return "signature";
  return "format";
}
