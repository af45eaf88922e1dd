/** The issuer's signing keys (the first one signs), in a file so that tokens survive a restart. */
import { randomUUID } from "node:crypto";
import * as z from "zod";
import { readPrivateJson, writePrivateJson } from "../private-file.ts";
import { generateRsaJwk, RsaPrivateJwk } from "../rsa-jwk.ts";

const SigningKey = RsaPrivateJwk.extend({
  kid: z.string(),
  alg: z.literal("RS256"),
  use: z.literal("sig"),
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

const makeKey = async (): Promise<SigningKey> => ({
  ...(await generateRsaJwk(2048)),
  kid: randomUUID(),
  alg: "RS256",
  use: "sig",
});
