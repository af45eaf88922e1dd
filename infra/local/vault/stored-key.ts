/** What the vault stores of a key: its versions with their private halves. */
import { createHash, randomBytes } from "node:crypto";
import * as z from "zod";
import { RsaPrivateJwk } from "../rsa-jwk.ts";

export const KeySize = z.union([z.literal(2048), z.literal(3072), z.literal(4096)]);
export type KeySize = z.infer<typeof KeySize>;

/** Times are epoch seconds, as on the wire. */
const KeyVersion = z.object({
  version: z.string(),
  enabled: z.boolean(),
  created: z.int(),
  updated: z.int(),
  exp: z.int().optional(),
  operations: z.array(z.string()),
  jwk: RsaPrivateJwk,
});
export type KeyVersion = z.infer<typeof KeyVersion>;

export const StoredKey = z.object({
  name: z.string(),
  kty: z.enum(["RSA", "RSA-HSM"]),
  size: KeySize,
  versions: z.array(KeyVersion),
});
export type StoredKey = z.infer<typeof StoredKey>;

export const epochSeconds = () => Math.floor(Date.now() / 1000);

/** The id of a key's first version follows from its name, so that settings can name it before it exists. */
export const firstVersionId = (name: string) => createHash("sha256").update(name).digest("hex").slice(0, 32);
export const laterVersionId = () => randomBytes(16).toString("hex");
