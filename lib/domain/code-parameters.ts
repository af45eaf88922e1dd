/** What one-time codes are made from: parameters per type, secrets in one spelling, and a fingerprint. */
import { createHash } from "node:crypto";
import { Secret } from "otpauth";
import * as z from "zod";
import { plainText } from "./text.ts";

/**
 * Spaces, dashes and invisible characters: sites show secrets in groups, and copying adds such characters.
 */
const SEPARATORS = /[\s\p{Pd}\p{Cf}]+/gu;
const PADDING = /=+$/;
const COUNTED = "characters, not counting spaces, dashes and padding";

const withoutSeparators = (text: string) => text.replace(SEPARATORS, "");
const toBase32 = (text: string) =>
  withoutSeparators(text)
    .replace(PADDING, "")
    .replace(/[a-z]+/g, (letters) => letters.toUpperCase());

/**
 * RFC 4648 §6. Becomes capitals without separators and padding. Keeps trailing bits that fill no byte; they
 * have no effect.
 */
const Base32Secret = z
  .string()
  .overwrite(toBase32)
  .min(2, `must have at least 2 ${COUNTED}`)
  .max(1024, `must have at most 1,024 ${COUNTED}`)
  .regex(/^[A-Z2-7]*$/, "must be base32 (RFC 4648 §6): letters and the digits 2 to 7");

/** Keeps its case: some apps hash the digits as written. */
const HexSecret = z
  .string()
  .overwrite(withoutSeparators)
  .min(2, `must have at least 2 ${COUNTED}`)
  .max(1024, `must have at most 1,024 ${COUNTED}`)
  .regex(/^(?:[0-9A-Fa-f]{2})*$/, "must be pairs of hexadecimal digits");

/** The algorithms in exports of authenticator apps. */
const Algorithm = z.enum(["SHA1", "SHA224", "SHA256", "SHA384", "SHA512", "MD5"]);
const Pin = plainText(64);

/** Defaults of the key URI format. */
const numbers = { algorithm: Algorithm.default("SHA1"), digits: z.int().min(4).max(10).default(6) };
const totp = {
  type: z.literal("totp"),
  secret: Base32Secret,
  ...numbers,
  period: z.int().min(1).max(86_400).default(30),
};
const hotp = { type: z.literal("hotp"), secret: Base32Secret, ...numbers, counter: z.int().min(0) };
const steam = { type: z.literal("steam"), secret: Base32Secret };
const motp = { type: z.literal("motp"), secret: HexSecret, pin: Pin.optional() };
const yandex = { type: z.literal("yandex"), secret: Base32Secret, pin: Pin.optional() };

/**
 * RFC 6238, RFC 4226, Steam's five letters, Mobile-OTP, Yandex's eight letters. The last three fix everything
 * but secret and PIN.
 */
export const OneTimeCode = z.discriminatedUnion("type", [
  z.strictObject(totp),
  z.strictObject(hotp),
  z.strictObject(steam),
  z.strictObject(motp),
  z.strictObject(yandex),
]);
export type OneTimeCode = z.infer<typeof OneTimeCode>;

/** The same in a stored document, which a newer version may have written. */
const KnownCode = z.discriminatedUnion("type", [
  z.object(totp),
  z.object(hotp),
  z.object(steam),
  z.object(motp),
  z.object(yandex),
]);

/** Algorithm, digits, period. */
const FIXED = { steam: ["SHA1", 5, 30], motp: ["MD5", 6, 10], yandex: ["SHA256", 8, 30] } as const;

function numbersOf(code: OneTimeCode): readonly [algorithm: string, digits: number, period: number] {
  if (code.type === "totp") return [code.algorithm, code.digits, code.period];
  if (code.type === "hotp") return [code.algorithm, code.digits, 0];
  return FIXED[code.type];
}

const bytesOf = ({ type, secret }: OneTimeCode): Uint8Array =>
  type === "motp" ? Buffer.from(secret, "hex") : Secret.fromBase32(secret).bytes;

/**
 * Equal for two codes if and only if they are made from the same: the JSON text `["v1", type, algorithm,
 * digits, period, secret]`, with the secret's bytes as base64url. HOTP has period 0; Steam has SHA1, 5, 30,
 * Mobile-OTP MD5, 6, 10, Yandex SHA256, 8, 30. Leaves out counter and PIN, which change or are typed anew.
 */
export const materialOf = (code: OneTimeCode): string =>
  JSON.stringify(["v1", code.type, ...numbersOf(code), Buffer.from(bytesOf(code)).toString("base64url")]);

export const Fingerprint = z
  .string()
  .regex(/^[\w-]{21}[AQgw]$/, "must be 16 bytes as base64url: 22 characters, the last of them A, Q, g or w");

/**
 * The first 16 bytes of the material's SHA-256, base64url. Undefined for a code that this version doesn't
 * know.
 */
export function fingerprintOf(otp: unknown): string | undefined {
  const known = KnownCode.safeParse(otp).data;
  if (!known) return undefined;
  return createHash("sha256").update(materialOf(known)).digest().subarray(0, 16).toString("base64url");
}
