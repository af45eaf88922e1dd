/** The TokenVerifier port: tokens of the configured providers, proofs of devices. */
import type { Clock } from "../domain/clock.ts";
import type { TokenVerifier } from "../domain/owner.ts";
import { accessTokenVerifier } from "./access-token.ts";
import { deviceProofVerifier } from "./device-proof.ts";
import type { TokenIssuer } from "./token-claims.ts";

export const oidcTokenVerifier = (issuers: TokenIssuer[], now: Clock): TokenVerifier => ({
  verifyToken: accessTokenVerifier(issuers, now),
  verifyProof: deviceProofVerifier(now),
});
