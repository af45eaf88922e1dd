/** A push credential's key, as a device makes it. */
import { generateKeyPairSync, sign } from "node:crypto";
import { PushKey } from "../../lib/domain/credentials/credential.ts";

export function aPushKey() {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const credential = { type: "push" as const, publicKey: PushKey.parse(publicKey.export({ format: "jwk" })) };
  const signed = (challenge: Uint8Array) =>
    sign("sha256", challenge, { key: privateKey, dsaEncoding: "ieee-p1363" });
  return { privateKey, credential, signed };
}
