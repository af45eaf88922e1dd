/** One-time codes: made (RFC 4226, RFC 6238), told to an app once, and matched within one step. */
import { createHmac, randomBytes } from "node:crypto";
import { SECOND } from "./clock.ts";
import { BASE32 } from "./code-parameters.ts";

const DIGITS = 6;
const PERIOD_SECONDS = 30;
/** RFC 4226 §4 R6 recommends 160 bits. */
const SECRET_BYTES = 20;

export const newSecret = (): Buffer => randomBytes(SECRET_BYTES);

/** RFC 4226 §5.3, six digits, SHA-1. */
export function hotp(secret: Uint8Array, counter: number): string {
  const moving = Buffer.alloc(8);
  moving.writeBigUInt64BE(BigInt(counter));
  const mac = createHmac("sha1", secret).update(moving).digest();
  const offset = mac.readUInt8(mac.length - 1) & 0x0f;
  const truncated = mac.readUInt32BE(offset) & 0x7fffffff;
  return String(truncated % 10 ** DIGITS).padStart(DIGITS, "0");
}

/** RFC 6238 §4.2 T, from the epoch. */
export const stepAt = (time: Date): number => Math.floor(time.getTime() / (PERIOD_SECONDS * SECOND));

/** RFC 4648 §6, without padding. */
export function base32(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => BASE32[Number.parseInt(group.padEnd(5, "0"), 2)]).join("");
}

/** Google's Key Uri Format. No part of its label may hold a colon: an issuer that is an address is told as parameter only. */
export function otpauthUri({ issuer, userName }: { issuer: string; userName: string }, secret: Uint8Array) {
  const prefix = issuer.includes(":") && !userName.includes(":") ? "" : `${encodeURIComponent(issuer)}:`;
  const label = `${prefix}${encodeURIComponent(userName)}`;
  const query = new URLSearchParams({
    secret: base32(secret),
    issuer,
    algorithm: "SHA1",
    digits: String(DIGITS),
    period: String(PERIOD_SECONDS),
  });
  return `otpauth://totp/${label}?${String(query).replaceAll("+", "%20")}`;
}
