/** Verifies device proofs: DPoP proof JWTs (RFC 9449 §4) made with the key that names the device (RFC 7638). */
import { createPublicKey, verify } from "node:crypto";
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

const PublicKey = z.strictObject({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: Coordinate,
  y: Coordinate,
  alg: z.literal("ES256").optional(),
  use: z.literal("sig").optional(),
  kid: z.string().optional(),
  key_ops: z.tuple([z.literal("verify")]).optional(),
  ext: z.literal(true).optional(),
});

/** RFC 7515 §4.1, RFC 9449 §4.2. `crit` names extensions that must be understood, and none is. */
const Header = z.object({
  typ: z.literal("dpop+jwt"),
  alg: z.literal("ES256"),
  jwk: PublicKey,
  crit: z.never().optional(),
  b64: z.never().optional(),
});

const Claims = z.object({
  htm: z.string(),
  htu: z.string(),
  iat: z.number(),
  exp: z.number().optional(),
  nbf: z.number().optional(),
  jti: z.string().min(1).max(256),
  ath: z.string(),
});

/** RFC 7515 §7.1: three parts of base64url without padding. */
const COMPACT = /^([\w-]{1,2000})\.([\w-]{1,4000})\.([\w-]{86})$/;

/**
 * The verifier refuses as `proof-invalid`, whatever is wrong with a proof. It checks the signature by itself: each proof
 * brings its own key, and preparing that for WebCrypto takes several times as long as all the rest.
 */
export const deviceProofVerifier =
  (now: Clock): Identity["verifyProof"] =>
  async (proof, target) => {
    try {
      const [, header = "", payload = "", signature = ""] = COMPACT.exec(proof) ?? [];
      const { jwk } = Header.parse(decode(header));
      const { crv, kty, x, y } = jwk;
      const key = createPublicKey({ key: { crv, kty, x, y }, format: "jwk" });
      const signed = Buffer.from(`${header}.${payload}`);
      const holds = verify(
        "sha256",
        signed,
        { key, dsaEncoding: "ieee-p1363" },
        Buffer.from(signature, "base64url"),
      );
      if (!holds) throw new Error("signature");
      const claims = Claims.parse(decode(payload));
      requireTarget(claims, target, now());
      return { device: DeviceId.parse(sha256(JSON.stringify({ crv, kty, x, y }))), jti: claims.jti };
    } catch (cause) {
      throw new Failure(
        "proof-invalid",
        "The device proof is missing or not valid for this request.",
        {},
        { cause },
      );
    }
  };

const decode = (part: string): unknown => JSON.parse(Buffer.from(part, "base64url").toString());

function requireTarget(
  claims: z.infer<typeof Claims>,
  { method, url, accessToken }: ProofTarget,
  now: Date,
): void {
  const fresh = Math.abs(claims.iat * 1000 - now.getTime()) <= SKEW_MS;
  const inTime =
    (claims.exp ?? Number.POSITIVE_INFINITY) * 1000 > now.getTime() &&
    (claims.nbf ?? 0) * 1000 <= now.getTime();
  const fits =
    claims.htm === method && normalized(claims.htu) === normalized(url) && claims.ath === sha256(accessToken);
  if (!fresh || !inTime || !fits) throw new Error("made for another request");
}

/** RFC 9449 §4.3: compared after the normalization of RFC 3986 §6.2.2 and §6.2.3, without query and fragment. */
function normalized(text: string): string {
  const url = new URL(text);
  return `${url.origin}${url.pathname}`;
}
