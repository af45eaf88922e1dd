/** WWW-Authenticate: the credentials a client must bring (RFC 6750 §3, RFC 9449 §7.1, RFC 9470 §3). */
import type { ProblemKind } from "../problems/problems.ts";

/** `authContexts`: authentication contexts of the Entra issuers, which expect a claims challenge instead. */
export type ChallengePolicy = { maxAgeSeconds: number; accountMaxAgeSeconds: number; authContexts: string[] };

/** The header's value; undefined for refusals that other credentials wouldn't change. */
export function wwwAuthenticateFor(
  kind: ProblemKind,
  { maxAgeSeconds, accountMaxAgeSeconds, authContexts }: ChallengePolicy,
): string | undefined {
  switch (kind) {
    case "not-signed-in":
      return 'Bearer error="invalid_token"';
    case "proof-invalid":
    case "clock-skewed":
      return 'DPoP error="invalid_dpop_proof", algs="ES256"';
    case "device-revoked":
      return 'DPoP error="invalid_token", algs="ES256"';
    case "sign-in-too-old":
      return signInAgain(maxAgeSeconds, authContexts);
    case "account-sign-in-required":
      return signInAgain(accountMaxAgeSeconds, authContexts);
    default:
      return undefined;
  }
}

const signInAgain = (maxAgeSeconds: number, authContexts: string[]) =>
  [
    `Bearer error="insufficient_user_authentication", max_age=${maxAgeSeconds}`,
    ...authContexts.map((context) => `Bearer error="insufficient_claims", claims="${claimsFor(context)}"`),
  ].join(", ");

/** Entra's claims challenge: the claims that the next token must have, as base64. */
const claimsFor = (value: string) =>
  Buffer.from(JSON.stringify({ access_token: { acrs: { essential: true, value } } })).toString("base64");
