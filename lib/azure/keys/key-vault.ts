/** WrappingKeys in Key Vault. Public keys are cached or pinned; private halves never leave the vault. */
import type { TokenCredential } from "@azure/identity";
import * as z from "zod";
import { type KeyId, parseKeyId } from "../../config/key-id.ts";
import type { Clock } from "../../domain/clock.ts";
import { sha256 } from "../../domain/hash.ts";
import { KeyDisabled, unreadable, type WrappingKeys } from "../../domain/sealing/seal.ts";
import { restDetails, restStatus } from "../rest-status.ts";
import { CurrentKeys, unavailable, type VaultKeys } from "./current-keys.ts";
import { type Unwrap, unwrapWith } from "./vault-client.ts";

export function keyVault(credential: TokenCredential, settings: VaultKeys, now: Clock): WrappingKeys {
  const { keyIds } = settings;
  const current = new CurrentKeys(credential, settings, now);
  const unwraps = new Map<string, Unwrap>();
  return {
    current: (owner) => current.get(keyOf(owner, keyIds)),
    isCurrent: (keyId) => keyIds.some((key) => current.isCurrent(key, keyId)),
    findNewest: () => current.findNewest(keyIds),

    async unwrap(keyId, wrapped) {
      const unwrap = unwraps.get(keyId) ?? unwrapWith(credential, requireOurs(keyId, keyIds));
      unwraps.set(keyId, unwrap);
      return await unwrap(wrapped).catch(translate);
    },
  };
}

/** Each owner is assigned one of the configured keys, so that several vaults share the load. */
function keyOf(owner: string, keyIds: readonly KeyId[]): KeyId {
  const key = keyIds[Buffer.from(sha256(owner), "base64url").readUInt32BE() % keyIds.length];
  if (!key) throw new RangeError("no key is configured");
  return key;
}

/** Metadata may be forged: never send our token to a vault that isn't configured. */
function requireOurs(keyId: string, keyIds: readonly KeyId[]): KeyId {
  const key = parseKeyId(keyId);
  if (key && keyIds.some(({ vault, name }) => vault === key.vault && name === key.name)) return key;
  throw unreadable();
}

/**
 * 400: not wrapped by this key version. 404: no such version. 403: disabled, if the vault says so. Everything
 * else is temporary.
 */
function translate(cause: unknown): never {
  if ([400, 404].includes(restStatus(cause) ?? 0)) throw unreadable(cause);
  throw isDisabled(cause) ? new KeyDisabled(cause) : unavailable(cause);
}

const Disabled = z.object({ error: z.object({ innerError: z.object({ code: z.literal("KeyDisabled") }) }) });

const isDisabled = (error: unknown) =>
  restStatus(error) === 403 && Disabled.safeParse(restDetails(error)).success;
