/** The vault's unwrap call for one key version: one request each, sent only once the client holds a token. */
import type { TokenCredential } from "@azure/identity";
import { CryptographyClient, type KeyVaultKey } from "@azure/keyvault-keys";
import type { KeyId } from "../../config/key-id.ts";
import { vaultCall } from "../../metrics/metrics.ts";
import { restStatus } from "../rest-status.ts";

export type Unwrap = (wrapped: Uint8Array) => Promise<Uint8Array>;

export const DEADLINE_MS = 4000;

/**
 * The settings allow plain HTTP on loopback only; there the vault's host name can't match the challenge's.
 */
export const vaultOptions = (vault: string) => ({
  retryOptions: { maxRetries: 1, retryDelayInMs: 200, maxRetryDelayInMs: 1000 },
  ...(vault.startsWith("http:") && {
    allowInsecureConnection: true,
    disableChallengeResourceVerification: true,
  }),
});

export function unwrapWith(credential: TokenCredential, keyId: KeyId): Unwrap {
  const client = new CryptographyClient(keyFor(keyId), credential, vaultOptions(keyId.vault));
  return oneFirst(async (wrapped) => {
    const options = { abortSignal: AbortSignal.timeout(DEADLINE_MS) };
    const key = Buffer.from(wrapped);
    return (await vaultCall("unwrap", () => client.unwrapKey("RSA-OAEP-256", key, options))).result;
  });
}

/**
 * A complete key, so that the client needn't fetch it. Without expiry: an expired version must still unwrap.
 */
const keyFor = ({ id, vault, name, version }: KeyId): KeyVaultKey => ({
  id,
  name,
  key: { kid: id, kty: "RSA", keyOps: ["unwrapKey"] },
  keyType: "RSA",
  keyOperations: ["unwrapKey"],
  properties: { id, vaultUrl: vault, name, version },
});

/**
 * The SDK sends a tokenless client's first parallel calls malformed. One call goes ahead; the others wait
 * until the vault has answered it, or share its failure.
 */
function oneFirst(call: Unwrap): Unwrap {
  let warm = false;
  let ahead: Promise<void> | undefined;
  return async (wrapped) => {
    if (!warm) await ahead;
    if (warm) return await call(wrapped);
    const first = call(wrapped);
    ahead = first.then(
      () => {
        warm = true;
      },
      (error: unknown) => {
        warm = hasAnswered(error);
        ahead = undefined;
        if (!warm) throw error;
      },
    );
    ahead.catch(() => undefined);
    return await first;
  };
}

const hasAnswered = (error: unknown) => [400, 404].includes(restStatus(error) ?? 0);
