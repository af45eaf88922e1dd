/** WrappingKeys in Key Vault: public keys are cached or pinned in settings, private halves never leave the vault. */
import { createPublicKey, type KeyObject } from "node:crypto";
import type { TokenCredential } from "@azure/identity";
import { KeyClient } from "@azure/keyvault-keys";
import { unreadable, type WrappingKeys } from "../domain/envelope.ts";
import { Failure } from "../domain/failure.ts";
import { sha256 } from "../domain/owner.ts";
import { type KeyId, parseKeyId } from "./key-id.ts";
import { restStatus } from "./rest-status.ts";
import { DEADLINE_MS, type Unwrap, unwrapWith, vaultOptions } from "./vault-client.ts";

type PublicKey = { kid: string; n: string; e: string };

export type VaultKeys = { keyIds: readonly KeyId[]; pinned: readonly PublicKey[] };

export function keyVault(credential: TokenCredential, { keyIds, pinned }: VaultKeys): WrappingKeys {
  const publicKeys = new Map(pinned.map((key) => [key.kid, publicKeyOf(key)]));
  const unwraps = new Map<string, Unwrap>();
  return {
    async current(owner) {
      const key = keyOf(owner, keyIds);
      const publicKey = publicKeys.get(key.id) ?? (await fetchPublicKey(credential, key));
      publicKeys.set(key.id, publicKey);
      return { id: key.id, publicKey };
    },

    isCurrent: (keyId) => keyIds.some(({ id }) => id === keyId),

    async unwrap(keyId, wrapped) {
      const unwrap = unwraps.get(keyId) ?? unwrapWith(credential, requireOurs(keyId, keyIds));
      unwraps.set(keyId, unwrap);
      return await unwrap(wrapped).catch(translate);
    },
  };
}

/** Each owner has one of the configured keys, so that several vaults share the load. */
function keyOf(owner: string, keyIds: readonly KeyId[]): KeyId {
  const key = keyIds[Buffer.from(sha256(owner), "base64url").readUInt32BE() % keyIds.length];
  if (!key) throw new RangeError("no key is configured");
  return key;
}

/** Whoever can write metadata must not be able to send our token to a vault of their own. */
function requireOurs(keyId: string, keyIds: readonly KeyId[]): KeyId {
  const key = parseKeyId(keyId);
  if (key && keyIds.some(({ vault, name }) => vault === key.vault && name === key.name)) return key;
  throw unreadable();
}

async function fetchPublicKey(
  credential: TokenCredential,
  { vault, name, version }: KeyId,
): Promise<KeyObject> {
  const abortSignal = AbortSignal.timeout(DEADLINE_MS);
  const { key } = await new KeyClient(vault, credential, vaultOptions(vault))
    .getKey(name, { version, abortSignal })
    .catch((cause: unknown) => {
      throw unavailable(cause);
    });
  if (!key?.n || !key.e) throw unavailable();
  return publicKeyOf({ n: base64url(key.n), e: base64url(key.e) });
}

const publicKeyOf = ({ n, e }: Omit<PublicKey, "kid">) =>
  createPublicKey({ key: { kty: "RSA", n, e }, format: "jwk" });

const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");

/** 400: not wrapped by this key version. 404: no such version. Anything else may pass. */
function translate(cause: unknown): never {
  throw [400, 404].includes(restStatus(cause) ?? 0) ? unreadable(cause) : unavailable(cause);
}

const unavailable = (cause?: unknown) =>
  new Failure("vault-unavailable", "The key vault does not answer.", { retryAfterSeconds: 10 }, { cause });
