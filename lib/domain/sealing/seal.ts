/** Sealing: AES-256-GCM with a key per context, so that nothing opens in another place. Pure. */
/** The stores in lib/azure use it. */
import {
  constants,
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  publicEncrypt,
  randomBytes,
} from "node:crypto";
import { Failure } from "../failure.ts";

const CIPHER = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;
export const KEY_BYTES = 32;
/** The number of bytes that sealing adds. */
export const SEALING_BYTES = IV_BYTES + TAG_BYTES;

/** Canonical: a JSON array of fixed order, so that two contexts are equal only if every part is. */
export const contextOf = (...parts: (string | number | null)[]): Buffer => Buffer.from(JSON.stringify(parts));

/** HKDF-SHA-256 (RFC 5869) without salt; `secret` is one or more uniformly random keys of 32 bytes. */
export const deriveKey = (context: Buffer, ...secret: Uint8Array[]): Buffer =>
  Buffer.from(hkdfSync("sha256", createSecretKey(Buffer.concat(secret)), "", context, KEY_BYTES));

/**
 * AES-256-GCM (NIST SP 800-38D) with a random 96-bit IV. Returns IV, ciphertext and 128-bit tag,
 * concatenated.
 */
export function seal(key: Uint8Array, context: Buffer, content: Uint8Array): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, createSecretKey(key), iv).setAAD(context);
  return Buffer.concat([iv, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
}

/** Fails as `backup-unreadable`, whether key, context, length or any bit is wrong. */
export function open(key: Uint8Array, context: Buffer, sealed: Uint8Array): Buffer {
  try {
    const iv = sealed.subarray(0, IV_BYTES);
    const tag = sealed.subarray(-TAG_BYTES);
    const decipher = createDecipheriv(CIPHER, createSecretKey(key), iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(context).setAuthTag(tag);
    return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch (cause) {
    throw unreadable(cause);
  }
}

/** RSA-OAEP with SHA-256 for hash and mask (RFC 8017 §7.1), like Key Vault's RSA-OAEP-256. */
export const wrapKey = (publicKey: KeyObject, key: Uint8Array): Buffer =>
  publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" }, key);

/** The one refusal for everything that can't be opened: callers learn nothing from its text. */
export const unreadable = (cause?: unknown) =>
  new Failure("backup-unreadable", "The backup can't be opened.", {}, { cause });

export const isUnreadable = (error: unknown): error is Failure =>
  error instanceof Failure && error.kind === "backup-unreadable";

/** An erasure goes on where something is damaged, or shredded already. */
export function nothingIfUnreadable(error: unknown): undefined {
  if (!isUnreadable(error)) throw error;
}

/** This one key version is disabled; callers learn only that the vault doesn't open it now. */
export class KeyDisabled extends Failure {
  constructor(cause?: unknown) {
    super("vault-unavailable", "The key vault does not answer.", { retryAfterSeconds: 10 }, { cause });
  }
}

/** The keys that wrap data keys. The private halves never leave the vault. */
export interface WrappingKeys {
  /** The key that wraps for this owner now; `id` names its version. Makes no vault call for a pinned key. */
  current(owner: string): Promise<{ id: string; publicKey: KeyObject }>;
  /**
   * Whether data keys may stay wrapped by this version, as far as this instance knows: it is the current one,
   * or no newer one is usable.
   */
  isCurrent(keyId: string): boolean;
  /**
   * Makes the newest usable versions current. One vault call per key. Fails as `vault-unavailable`; throws an
   * Error if a pinned public half isn't the vault's.
   */
  findNewest(): Promise<void>;
  /**
   * One vault call. Fails as `backup-unreadable` if the vault can't unwrap it; as `vault-unavailable` if the
   * vault can't say, with `KeyDisabled` if only this key version is unusable.
   */
  unwrap(keyId: string, wrapped: Uint8Array): Promise<Uint8Array>;
}
