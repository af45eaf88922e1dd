/** Keyed hashes: guessable values (codes, account names) are stored and named only by these. */
import { timingSafeEqual } from "node:crypto";

export type Purpose = "account" | "alarm" | "code" | "former-owner" | "replaced-key" | "ticket";

export interface KeyedHash {
  /**
   * HMAC-SHA-256 under a key that needs the vault, as 43 characters of base64url. No two purposes share a
   * value.
   */
  hash(purpose: Purpose, text: string): Promise<string>;
}

/** Takes the same time wherever the two differ. */
export function sameHash(a: string, b: string): boolean {
  const [first, second] = [Buffer.from(a), Buffer.from(b)];
  return first.length === second.length && timingSafeEqual(first, second);
}
