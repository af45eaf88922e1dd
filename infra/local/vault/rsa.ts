/** RSA of the vault's keys, off the main thread: make a pair, wrap and unwrap with OAEP. */
import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import * as z from "zod";
import { badParameter } from "./refusal.ts";
import { type KeySize, parseRsaPrivateJwk, type RsaPrivateJwk } from "./stored-key.ts";

const hashes = { "RSA-OAEP": "SHA-1", "RSA-OAEP-256": "SHA-256" } as const;
export const WrapAlgorithm = z.enum(["RSA-OAEP", "RSA-OAEP-256"]);
export type WrapAlgorithm = z.infer<typeof WrapAlgorithm>;

export async function generateRsa(size: KeySize): Promise<RsaPrivateJwk> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: size });
  return parseRsaPrivateJwk(privateKey.export({ format: "jwk" }));
}

export async function wrap(jwk: RsaPrivateJwk, algorithm: WrapAlgorithm, value: Buffer): Promise<Buffer> {
  const { kty, n, e } = jwk;
  const key = await importKey({ kty, n, e }, algorithm, "encrypt");
  try {
    return Buffer.from(await crypto.subtle.encrypt("RSA-OAEP", key, value));
  } catch (cause) {
    throw badParameter("The value is too long for the key.", cause);
  }
}

export async function unwrap(jwk: RsaPrivateJwk, algorithm: WrapAlgorithm, value: Buffer): Promise<Buffer> {
  const key = await privateKey(jwk, algorithm);
  try {
    return Buffer.from(await crypto.subtle.decrypt("RSA-OAEP", key, value));
  } catch (cause) {
    throw badParameter("Error occurred while decoding OAEP padding.", cause);
  }
}

const imported = new WeakMap<RsaPrivateJwk, Map<WrapAlgorithm, ReturnType<typeof importKey>>>();

function privateKey(jwk: RsaPrivateJwk, algorithm: WrapAlgorithm) {
  const known = imported.get(jwk) ?? new Map<WrapAlgorithm, ReturnType<typeof importKey>>();
  imported.set(jwk, known);
  const key = known.get(algorithm) ?? importKey(jwk, algorithm, "decrypt");
  known.set(algorithm, key);
  return key;
}

const importKey = (
  jwk: { kty: string; n: string; e: string },
  algorithm: WrapAlgorithm,
  use: "encrypt" | "decrypt",
) => crypto.subtle.importKey("jwk", { ...jwk }, { name: "RSA-OAEP", hash: hashes[algorithm] }, false, [use]);
