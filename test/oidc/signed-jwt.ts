/** JWTs made by hand with node:crypto, so that every part of one can be wrong in its own way. */
import {
  constants,
  createHmac,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  sign,
} from "node:crypto";

export type Signer = (input: string) => Buffer;

export const encoded = (value: unknown): string =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

/** Uses a text payload unchanged. */
export function jwtOf(header: object, payload: unknown, signer: Signer): string {
  const input = `${encoded(header)}.${encoded(payload)}`;
  return `${input}.${signer(input).toString("base64url")}`;
}

export const rsaKey = (bits = 2048) => generateKeyPairSync("rsa", { modulusLength: bits });
export const ecKey = (namedCurve = "P-256") => generateKeyPairSync("ec", { namedCurve });
export const edKey = () => generateKeyPairSync("ed25519");

export const publicJwk = (publicKey: KeyObject): JsonWebKey => publicKey.export({ format: "jwk" });

const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };

/** RFC 7518 §3 and RFC 8037 §3.1. */
export const signers = {
  RS256:
    (key: KeyObject): Signer =>
    (input) =>
      sign("sha256", Buffer.from(input), key),
  RS384:
    (key: KeyObject): Signer =>
    (input) =>
      sign("sha384", Buffer.from(input), key),
  RS512:
    (key: KeyObject): Signer =>
    (input) =>
      sign("sha512", Buffer.from(input), key),
  PS256:
    (key: KeyObject): Signer =>
    (input) =>
      sign("sha256", Buffer.from(input), { key, ...PSS }),
  ES256:
    (key: KeyObject): Signer =>
    (input) =>
      sign("sha256", Buffer.from(input), { key, dsaEncoding: "ieee-p1363" }),
  /** X.509's form of the signature, which no JWT has. */
  ES256inDer:
    (key: KeyObject): Signer =>
    (input) =>
      sign("sha256", Buffer.from(input), key),
  ES384:
    (key: KeyObject): Signer =>
    (input) =>
      sign("sha384", Buffer.from(input), { key, dsaEncoding: "ieee-p1363" }),
  EdDSA:
    (key: KeyObject): Signer =>
    (input) =>
      sign(null, Buffer.from(input), key),
  HS256:
    (secret: string | Buffer): Signer =>
    (input) =>
      createHmac("sha256", secret).update(input).digest(),
  none: (): Signer => () => Buffer.alloc(0),
};
