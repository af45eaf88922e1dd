/** Verifies device proofs: DPoP proof JWTs (RFC 9449 §4), signed with the device's key (RFC 7638 id). */
import { compactVerify, decodeProtectedHeader, importJWK } from "jose";
import * as z from "zod";
import { Cache } from "../cache.ts";
import { claimAt, wrongClaims } from "../domain/backup/spent-proofs.ts";
import { type Clock, HOUR } from "../domain/clock.ts";
import { Failure, type Fault } from "../domain/failure.ts";
import { sha256 } from "../domain/hash.ts";
import { DeviceId, type ProofTarget, type TokenVerifier } from "../domain/owner.ts";

const SKEW_MS = 60_000;

/** 32 bytes in canonical base64url: another spelling of the same point would be another device id. */
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

/** RFC 7515 §4.1, RFC 9449 §4.2. `crit` names extensions that must be understood; we support none. */
const Header = z.object({
  typ: z.literal("dpop+jwt"),
  alg: z.literal("ES256"),
  jwk: PublicKey,
  crit: z.never().optional(),
  b64: z.never().optional(),
});

/** The last second of the year 9999; anything larger is in milliseconds. */
const LAST_SECOND = 253_402_300_799;

/**
 * An unreadable required claim counts as missing, an unreadable optional one as NaN: then the refusal names
 * it.
 */
const Claims = z.object({
  htm: z.string().optional().catch(undefined),
  htu: z.string().optional().catch(undefined),
  ath: z.string().optional().catch(undefined),
  jti: z.string().min(1).max(256).optional().catch(undefined),
  iat: z.number().min(0).max(LAST_SECOND).optional().catch(undefined),
  exp: z.number().optional().catch(Number.NaN),
  nbf: z.number().optional().catch(Number.NaN),
});
type Claims = z.infer<typeof Claims>;

/** RFC 7515 §7.1: three parts of base64url without padding. */
const COMPACT = /^[\w-]{1,2000}\.[\w-]{1,4000}\.[\w-]{86}$/;

/**
 * Without the device's signature, the answer is always the same. With it, the refusal names the wrong claims;
 * if only the time is wrong, it states the present time, so that the app can correct itself.
 */
export function deviceProofVerifier(now: Clock): TokenVerifier["verifyProof"] {
  const known: KnownKeys = new Cache(now, KEPT);
  return async (proof, target) => {
    const { device, claims } = await readSigned(proof, known);
    if (target.keyThumbprint !== undefined && target.keyThumbprint !== device) {
      throw new Failure("proof-invalid", "The access token is bound to another key.");
    }
    return { device, jti: requireTarget(claims, target, now()) };
  };
}

type Key = { key: Awaited<ReturnType<typeof importJWK>>; device: DeviceId };
/**
 * By coordinates: devices make several calls in a row, and importing a key takes as long as checking a
 * signature.
 */
type KnownKeys = Cache<string, Key>;
const KEPT = { most: 10_000, milliseconds: HOUR };

async function keyOf({ crv, kty, x, y }: z.infer<typeof PublicKey>): Promise<Key> {
  const key = await importJWK({ crv, kty, x, y }, "ES256");
  return { key, device: DeviceId.parse(sha256(JSON.stringify({ crv, kty, x, y }))) };
}

async function readSigned(proof: string, known: KnownKeys): Promise<{ device: DeviceId; claims: Claims }> {
  try {
    if (!COMPACT.test(proof)) throw new Error("no compact JWS");
    const { jwk } = Header.parse(decodeProtectedHeader(proof));
    const point = `${jwk.x}.${jwk.y}`;
    const { key, device } = known.get(point) ?? (await keyOf(jwk));
    const { payload } = await compactVerify(proof, key, { algorithms: ["ES256"] });
    known.set(point, { key, device });
    return { device, claims: Claims.parse(JSON.parse(Buffer.from(payload).toString())) };
  } catch (cause) {
    const message = "The device proof is missing, or no DPoP proof that its own key has signed.";
    throw new Failure("proof-invalid", message, {}, { cause });
  }
}

/** Returns the `jti`. Fails as `proof-invalid`, or as `clock-skewed` if only the time is wrong. */
function requireTarget(claims: Claims, target: ProofTarget, now: Date): string {
  const aheadMs = (claims.iat ?? Number.NaN) * 1000 - now.getTime();
  const isSkewed = Math.abs(aheadMs) > SKEW_MS;
  const faults = [...faultsFor(claims, target), ...(isSkewed ? [] : timeFaults(claims, now))];
  if (faults.length > 0 || claims.jti === undefined) throw wrongClaims(faults);
  if (isSkewed) throw clockSkewed(Math.round(aheadMs / 1000), now);
  return claims.jti;
}

function faultsFor({ htm, htu, ath, jti }: Claims, { method, url, accessToken }: ProofTarget): Fault[] {
  const madeFor = htu === undefined ? undefined : normalized(htu);
  return faultsOf([
    ["htm", htm === method, `must be ${method}`],
    ["htu", madeFor !== undefined && madeFor === normalized(url), `must be ${url}`],
    ["ath", ath === sha256(accessToken), "must be base64url of the SHA-256 of the access token"],
    ["jti", jti !== undefined, "must be 1 to 256 characters, others for each request"],
  ]);
}

/** If `iat` is off, the other times are off by the same clock. */
function timeFaults({ iat, exp, nbf }: Claims, now: Date): Fault[] {
  const seconds = now.getTime() / 1000;
  return faultsOf([
    ["iat", iat !== undefined, "must be the time when the proof was made, in seconds since 1970"],
    ["exp", exp === undefined || exp > seconds, "must be a time to come, in seconds since 1970"],
    ["nbf", nbf === undefined || nbf <= seconds, "must be a time that has come, in seconds since 1970"],
  ]);
}

/** Each check: the claim, whether it holds, and what is expected. */
const faultsOf = (checks: [claim: string, holds: boolean, wanted: string][]): Fault[] =>
  checks.filter(([, holds]) => !holds).map(([claim, , wanted]) => ({ at: claimAt(claim), detail: wanted }));

function clockSkewed(skewSeconds: number, now: Date): Failure {
  const how = skewSeconds > 0 ? `${skewSeconds} s ahead of` : `${-skewSeconds} s behind`;
  return new Failure("clock-skewed", `The time in the device proof is ${how} the present time.`, {
    serverTime: now.toISOString(),
    skewSeconds,
  });
}

/**
 * RFC 9449 §4.3: normalized by RFC 3986 §6.2.2 and §6.2.3, without query and fragment. Ignores a trailing
 * slash, as the host does.
 */
function normalized(text: string): string | undefined {
  const url = URL.parse(text);
  return url ? `${url.origin}${url.pathname.replace(/\/$/, "")}` : undefined;
}
