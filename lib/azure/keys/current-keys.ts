/** Which version of each configured key wraps: the configured one first, soon the vault's newest. */
/** A version that is disabled or too short never wraps. */
import { createPublicKey, type KeyObject } from "node:crypto";
import type { TokenCredential } from "@azure/identity";
import { KeyClient, type KeyVaultKey } from "@azure/keyvault-keys";
import { type KeyId, parseKeyId } from "../../config/key-id.ts";
import { type Clock, MINUTE } from "../../domain/clock.ts";
import { Failure } from "../../domain/failure.ts";
import { vaultCall } from "../../metrics/metrics.ts";
import { DEADLINE_MS, vaultOptions } from "./vault-client.ts";

type PublicKey = { kid: string; n: string; e: string };
type Current = { id: string; publicKey: KeyObject };
type Found = Current & { isUsable: boolean };

/** R36: 128-bit security (NIST SP 800-57 part 1, table 2). */
const MIN_MODULUS_BITS = 3072;

/**
 * `pinned`: public halves that need no vault call. `refreshSeconds`: how often to ask the vault for a newer
 * version.
 */
export type VaultKeys = { keyIds: readonly KeyId[]; pinned: readonly PublicKey[]; refreshSeconds: number };

export class CurrentKeys {
  readonly #credential: TokenCredential;
  readonly #now: Clock;
  readonly #refreshMs: number;
  readonly #pinned: Map<string, KeyObject>;
  /** Ids whose pinned public half differs from the vault's. */
  readonly #wrongPins = new Set<string>();
  /** Keys whose newest version can't be used. */
  readonly #waiting = new Set<string>();
  readonly #current = new Map<string, Current>();
  readonly #askedAt = new Map<string, number>();
  readonly #newestAt = new Map<string, number>();
  readonly #startedAt: number;

  constructor(credential: TokenCredential, { pinned, refreshSeconds }: VaultKeys, now: Clock) {
    this.#credential = credential;
    this.#now = now;
    this.#refreshMs = refreshSeconds * 1000;
    this.#pinned = new Map(pinned.map((key) => [key.kid, publicKeyOf(key)]));
    this.#startedAt = now().getTime();
  }

  /** Never waits for a newer version: the next caller gets it. */
  async get(key: KeyId): Promise<Current> {
    const known = this.#current.get(key.id) ?? (await this.#configured(key));
    this.#current.set(key.id, known);
    this.#refreshIfDue(key);
    return known;
  }

  /** While the newest version can't be used, any version counts: this instance may know only an older one. */
  isCurrent(key: KeyId, id: string): boolean {
    if (this.#waiting.has(key.id)) return isVersionOf(key, id);
    return (this.#current.get(key.id)?.id ?? key.id) === id;
  }

  /** Asks at most once a minute: a sweep's pages come faster than that. */
  async findNewest(keys: readonly KeyId[]): Promise<void> {
    const now = this.#now().getTime();
    const due = keys.filter(({ id }) => now - (this.#newestAt.get(id) ?? 0) >= MINUTE);
    for (const key of due) {
      this.#adopt(key, await this.#fetch(key, undefined));
      this.#newestAt.set(key.id, now);
    }
    const [wrong] = this.#wrongPins;
    if (wrong !== undefined) throw new WrongPin(wrong);
  }

  /** The vault overrides a pinned key. */
  #adopt(key: KeyId, { isUsable, ...newest }: Found): void {
    const { id, publicKey } = newest;
    if (this.#pinned.get(id)?.equals(publicKey) === false) {
      this.#wrongPins.add(id);
      this.#pinned.set(id, publicKey);
      this.#current.delete(key.id);
    }
    if (isUsable) {
      this.#waiting.delete(key.id);
      this.#current.set(key.id, newest);
    } else this.#waiting.add(key.id);
  }

  async #configured(key: KeyId): Promise<Current> {
    return {
      id: key.id,
      publicKey: this.#pinned.get(key.id) ?? (await this.#fetch(key, key.version)).publicKey,
    };
  }

  /** Asks only after the first interval: an upload on a cold instance makes no vault call (R37). */
  #refreshIfDue(key: KeyId): void {
    const now = this.#now().getTime();
    if (now - (this.#askedAt.get(key.id) ?? this.#startedAt) < this.#refreshMs) return;
    this.#askedAt.set(key.id, now);
    this.#fetch(key, undefined).then(
      (newest) => this.#adopt(key, newest),
      () => undefined,
    );
  }

  async #fetch({ vault, name }: KeyId, version: string | undefined): Promise<Found> {
    const abortSignal = AbortSignal.timeout(DEADLINE_MS);
    const client = new KeyClient(vault, this.#credential, vaultOptions(vault));
    const options = { abortSignal, ...(version && { version }) };
    const found = await vaultCall("get-key", () => client.getKey(name, options)).catch((cause: unknown) =>
      Promise.reject(unavailable(cause)),
    );
    const publicKey = publicKeyOf(requireParts(found));
    const { modulusLength = 0 } = publicKey.asymmetricKeyDetails ?? {};
    const isUsable = found.properties.enabled !== false && modulusLength >= MIN_MODULUS_BITS;
    return { id: requireId(found), publicKey, isUsable };
  }
}

/**
 * Nothing wrapped with a wrong pin can ever be unwrapped: an operator must mend the settings. Only the key's
 * id is logged.
 */
class WrongPin extends Error {
  constructor(keyId: string) {
    super(`PINNED_PUBLIC_KEYS has another public half of ${keyId} than the vault`);
    this.name = "WrongPin";
  }
}

function isVersionOf({ vault, name }: KeyId, id: string): boolean {
  const other = parseKeyId(id);
  return other?.vault === vault && other.name === name;
}

function requireId({ id }: KeyVaultKey): string {
  if (id) return id;
  throw unavailable();
}

function requireParts({ key }: KeyVaultKey) {
  if (!key?.n || !key.e) throw unavailable();
  return { n: base64url(key.n), e: base64url(key.e) };
}

const publicKeyOf = ({ n, e }: { n: string; e: string }) =>
  createPublicKey({ key: { kty: "RSA", n, e }, format: "jwk" });

const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");

export const unavailable = (cause?: unknown) =>
  new Failure("vault-unavailable", "The key vault does not answer.", { retryAfterSeconds: 10 }, { cause });
