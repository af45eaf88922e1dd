/** Verifies device proofs: DPoP proof JWTs (RFC 9449 §4) made with the key that names the device (RFC 7638). */
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from "jose";
import * as z from "zod";
import type { Clock } from "../domain/clock.ts";
import { Failure } from "../domain/failure.ts";
import { DeviceId, type Identity, type ProofTarget, sha256 } from "../domain/owner.ts";

const SKEW_MS = 60_000;

/** 32 bytes written in the one canonical way: another spelling of the same point would be another device id. */
const Coordinate = z
  .string()
  .length(43)
  .refine(
    (text) => Buffer.from(text, "base64url").toString("base64url") === text,
    "must be canonical base64url",
  );

const Key = z.strictObject({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: Coordinate,
  y: Coordinate,
  alg: z.literal("ES256").optional(),
  use: z.literal("sig").optional(),
  kid: z.string().optional(),
  key_ops: z.tuple([z.literal("verify")]).optional(),
});

const Claims = z.object({
  htm: z.string(),
  htu: z.string(),
  iat: z.number(),
  jti: z.string().min(1).max(256),
  ath: z.string(),
});

/** The verifier refuses as `proof-invalid`, whatever is wrong with a proof. */
export const deviceProofVerifier =
  (now: Clock): Identity["verifyProof"] =>
  async (proof, target) => {
    try {
      const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
        typ: "dpop+jwt",
        algorithms: ["ES256"],
        currentDate: now(),
      });
      const claims = Claims.parse(payload);
      requireTarget(claims, target, now());
      const { kty, crv, x, y } = Key.parse(protectedHeader.jwk);
      const device = DeviceId.parse(await calculateJwkThumbprint({ kty, crv, x, y }, "sha256"));
      return { device, jti: claims.jti };
    } catch (cause) {
      throw new Failure(
        "proof-invalid",
        "The device proof is missing or not valid for this request.",
        {},
        { cause },
      );
    }
  };

function requireTarget(
  claims: z.infer<typeof Claims>,
  { method, url, accessToken }: ProofTarget,
  now: Date,
): void {
  const fresh = Math.abs(claims.iat * 1000 - now.getTime()) <= SKEW_MS;
  const fits =
    claims.htm === method && normalized(claims.htu) === normalized(url) && claims.ath === sha256(accessToken);
  if (!fresh || !fits) throw new Error("made for another request");
}

/** RFC 9449 §4.3: compared after the normalization of RFC 3986 §6.2.2 and §6.2.3, without query and fragment. */
function normalized(text: string): string {
  const url = new URL(text);
  return `${url.origin}${url.pathname}`;
}
