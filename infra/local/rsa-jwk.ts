/** RSA keys with their private halves, as the vault and the issuer make and store them. */
import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import * as z from "zod";

export const RsaPrivateJwk = z.object({
  kty: z.literal("RSA"),
  n: z.string(),
  e: z.string(),
  d: z.string(),
  p: z.string(),
  q: z.string(),
  dp: z.string(),
  dq: z.string(),
  qi: z.string(),
});
export type RsaPrivateJwk = z.infer<typeof RsaPrivateJwk>;

export async function generateRsaJwk(bits: number): Promise<RsaPrivateJwk> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: bits });
  return RsaPrivateJwk.parse(privateKey.export({ format: "jwk" }));
}
