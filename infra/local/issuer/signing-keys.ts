/** The issuer's signing keys (the first one signs), in a file so that tokens survive a restart. */
import { generateKeyPair, randomUUID } from "node:crypto";
import { promisify } from "node:util";
import * as z from "zod";
import { readPrivateJson, writePrivateJson } from "../private-file.ts";

const SigningKey = z.object({
  kid: z.string(),
  alg: z.literal("RS256"),
  use: z.literal("sig"),
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
export type SigningKey = z.infer<typeof SigningKey>;
const KeyFile = z.object({ keys: z.tuple([SigningKey], SigningKey) });

export type SigningKeys = z.infer<typeof KeyFile>["keys"];

export async function openSigningKeys(dataFile: string | undefined): Promise<SigningKeys> {
  const stored = dataFile ? readPrivateJson(dataFile, KeyFile) : undefined;
  if (stored) return stored.keys;
  const keys: SigningKeys = [await makeKey()];
  if (dataFile) writePrivateJson(dataFile, { keys });
  return keys;
}

async function makeKey(): Promise<SigningKey> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  return SigningKey.parse({
    ...privateKey.export({ format: "jwk" }),
    kid: randomUUID(),
    alg: "RS256",
    use: "sig",
  });
}
