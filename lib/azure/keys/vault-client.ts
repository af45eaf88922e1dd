/** The vault's unwrap call for one key version: one request each, none of them sent before the client holds a token. */
import type { TokenCredential } from "@azure/identity";
import { CryptographyClient, type KeyVaultKey } from "@azure/keyvault-keys";
import type { KeyId } from "../../config/key-id.ts";
import { vaultCall } from "../../metrics/metrics.ts";
import { restStatus } from "../rest-status.ts";

export type Unwrap = (wrapped: Uint8Array) => Promise<Uint8Array>;

export const DEADLINE_MS = 4000;

/**
 * Plain HTTP is allowed by the settings on loopback only; there the vault's host name can't match the
 * challenge's.
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
 * A whole key, so that the client need not fetch it. Without expiry: an expired version must still open what
 * it wrapped.
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
 * The SDK's first parallel calls on a client without a token go out broken. So one goes ahead; the others
 * wait until the vault has answered it, and share its failure if it hasn't.
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
