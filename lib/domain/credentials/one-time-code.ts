/** One-time codes: secrets, codes (RFC 4226, RFC 6238), and the otpauth URI for an app. */
import { randomBytes } from "node:crypto";
import { HOTP, Secret, TOTP } from "otpauth";
import { SECOND } from "../clock.ts";

const PARAMETERS = { algorithm: "SHA1", digits: 6 };
const PERIOD_SECONDS = 30;
/** RFC 4226 §4 R6 recommends 160 bits. */
const SECRET_BYTES = 20;

export const newSecret = (): Buffer => randomBytes(SECRET_BYTES);

const secretFrom = (bytes: Uint8Array) => new Secret({ buffer: Uint8Array.from(bytes).buffer });

/** RFC 4226 §5.3, six digits, SHA-1. */
export const hotp = (secret: Uint8Array, counter: number): string =>
  HOTP.generate({ secret: secretFrom(secret), counter, ...PARAMETERS });

/** RFC 6238 §4.2: T, from the epoch. */
export const stepAt = (time: Date): number => Math.floor(time.getTime() / (PERIOD_SECONDS * SECOND));

/**
 * Google's Key Uri Format. No part of the label may contain a colon, so an issuer that is an address is only
 * a parameter.
 */
export const otpauthUri = (
  { issuer, userName }: { issuer: string; userName: string },
  secret: Uint8Array,
): string =>
  new TOTP({
    issuer,
    label: userName,
    issuerInLabel: !issuer.includes(":") || userName.includes(":"),
    secret: secretFrom(secret),
    period: PERIOD_SECONDS,
    ...PARAMETERS,
  }).toString();
