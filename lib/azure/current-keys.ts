/** Which version of each configured key wraps now: the configured one at first, a newer one soon after the vault has it. */
import { createPublicKey, type KeyObject } from "node:crypto";
import type { TokenCredential } from "@azure/identity";
import { KeyClient, type KeyVaultKey } from "@azure/keyvault-keys";
import { type Clock, MINUTE } from "../domain/clock.ts";
import { Failure } from "../domain/failure.ts";
import type { KeyId } from "../key-id.ts";
import { vaultCall } from "../metrics.ts";
import { DEADLINE_MS, vaultOptions } from "./vault-client.ts";

type PublicKey = { kid: string; n: string; e: string };
type Current = { id: string; publicKey: KeyObject };

/** `pinned`: public halves that need no vault call. `refreshSeconds`: how often the vault is asked for a newer version. */
export type VaultKeys = { keyIds: readonly KeyId[]; pinned: readonly PublicKey[]; refreshSeconds: number };

export class CurrentKeys {
  readonly #credential: TokenCredential;
  readonly #now: Clock;
  readonly #refreshMs: number;
  readonly #pinned: ReadonlyMap<string, KeyObject>;
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

  /** Nobody waits for a newer version: the next caller has it. */
  async get(key: KeyId): Promise<Current> {
    const known = this.#current.get(key.id) ?? (await this.#configured(key));
    this.#current.set(key.id, known);
    this.#refreshIfDue(key);
    return known;
  }

  isCurrent(key: KeyId, id: string): boolean {
    return (this.#current.get(key.id)?.id ?? key.id) === id;
  }

  /** A minute is soon enough: pages of a sweep come faster. */
  async findNewest(keys: readonly KeyId[]): Promise<void> {
    const now = this.#now().getTime();
    const due = keys.filter(({ id }) => now - (this.#newestAt.get(id) ?? 0) >= MINUTE);
    for (const key of due) {
      this.#current.set(key.id, await this.#fetch(key, undefined));
      this.#newestAt.set(key.id, now);
    }
  }

  async #configured(key: KeyId): Promise<Current> {
    return {
      id: key.id,
      publicKey: this.#pinned.get(key.id) ?? (await this.#fetch(key, key.version)).publicKey,
    };
  }

  /** Not before an instance is as old as that: an upload on a cold one makes no vault call (R37). */
  #refreshIfDue(key: KeyId): void {
    const now = this.#now().getTime();
    if (now - (this.#askedAt.get(key.id) ?? this.#startedAt) < this.#refreshMs) return;
    this.#askedAt.set(key.id, now);
    this.#fetch(key, undefined).then(
      (newest) => this.#current.set(key.id, newest),
      () => undefined,
    );
  }

  async #fetch({ vault, name }: KeyId, version: string | undefined): Promise<Current> {
    const abortSignal = AbortSignal.timeout(DEADLINE_MS);
    const client = new KeyClient(vault, this.#credential, vaultOptions(vault));
    const options = { abortSignal, ...(version && { version }) };
    const found = await vaultCall("get-key", () => client.getKey(name, options)).catch((cause: unknown) =>
      Promise.reject(unavailable(cause)),
    );
    return { id: requireId(found), publicKey: publicKeyOf(requireParts(found)) };
  }
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
