/** RSA of the vault's keys, off the main thread: wrap and unwrap with RSA-OAEP-256. */
import type { RsaPrivateJwk } from "../rsa-jwk.ts";
import { badParameter } from "./refusal.ts";

const OAEP = { name: "RSA-OAEP", hash: "SHA-256" };

export async function wrap(jwk: RsaPrivateJwk, value: Buffer): Promise<Buffer> {
  const { kty, n, e } = jwk;
  const key = await importKey({ kty, n, e }, "encrypt");
  try {
    return Buffer.from(await crypto.subtle.encrypt("RSA-OAEP", key, value));
  } catch (cause) {
    throw badParameter("The value is too long for the key.", cause);
  }
}

export async function unwrap(jwk: RsaPrivateJwk, value: Buffer): Promise<Buffer> {
  const key = await privateKey(jwk);
  try {
    return Buffer.from(await crypto.subtle.decrypt("RSA-OAEP", key, value));
  } catch (cause) {
    throw badParameter("Error occurred while decoding OAEP padding.", cause);
  }
}

const imported = new WeakMap<RsaPrivateJwk, ReturnType<typeof importKey>>();

function privateKey(jwk: RsaPrivateJwk) {
  const key = imported.get(jwk) ?? importKey(jwk, "decrypt");
  imported.set(jwk, key);
  return key;
}

const importKey = (jwk: { kty: string; n: string; e: string }, use: "encrypt" | "decrypt") =>
  crypto.subtle.importKey("jwk", { ...jwk }, OAEP, false, [use]);
