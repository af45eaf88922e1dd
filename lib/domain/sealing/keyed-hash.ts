/** Keyed hashes: what is guessable (codes, account names) is stored and named only by them. */
import { timingSafeEqual } from "node:crypto";

export type Purpose = "account" | "alarm" | "code" | "replaced-key" | "ticket";

export interface KeyedHash {
  /**
   * HMAC-SHA-256 under a key that needs the vault, as 43 characters of base64url. Purposes never share a
   * value.
   */
  hash(purpose: Purpose, text: string): Promise<string>;
}

/** Takes the same time wherever the two differ. */
export function sameHash(a: string, b: string): boolean {
  const [first, second] = [Buffer.from(a), Buffer.from(b)];
  return first.length === second.length && timingSafeEqual(first, second);
}
