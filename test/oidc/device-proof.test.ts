/** Device proofs: what RFC 9449 §4.3 asks of one, point by point. */
import { createHash } from "node:crypto";
import { calculateJwkThumbprint } from "jose";
import { describe, expect, it } from "vitest";
import { deviceProofVerifier } from "../../lib/oidc/device-proof.ts";
import { kindFrom, refusalFrom } from "../domain/refusals.ts";
import { ecKey, jwtOf, publicJwk, rsaKey, type Signer, signers } from "./signed-jwt.ts";

const now = new Date("2026-05-04T10:00:00.500Z");
const seconds = now.getTime() / 1000;
const accessToken = "an.access.token";
const target = { method: "PUT", url: "https://api.example/api/v1/backups/android", accessToken };
const sha256 = (text: string) => createHash("sha256").update(text).digest("base64url");

const [phone, other, p384, rsa] = [ecKey(), ecKey(), ecKey("P-384"), rsaKey()];
const jwk = publicJwk(phone.publicKey);
const verify = deviceProofVerifier(() => now);

type Change = { claims?: object; header?: object; signer?: Signer };
const aProof = ({ claims = {}, header = {}, signer = signers.ES256(phone.privateKey) }: Change = {}) =>
  jwtOf(
    { typ: "dpop+jwt", alg: "ES256", jwk, ...header },
    { htm: "PUT", htu: target.url, iat: seconds, jti: "1", ath: sha256(accessToken), ...claims },
    signer,
  );

describe("R17 a good proof names the device", () => {
  it("R17 by the RFC 7638 thumbprint of its key: as jose and as the RFC's own steps make it", async () => {
    const { device, jti } = await verify(aProof(), target);
    const byHand = sha256(`{"crv":"P-256","kty":"EC","x":"${jwk.x}","y":"${jwk.y}"}`);
    expect({ device, jti }).toEqual({ device: byHand, jti: "1" });
    expect(device).toBe(await calculateJwkThumbprint(jwk, "sha256"));
  });

  it("R17 members that say no more than what the key is for don't change the name", async () => {
    const { device } = await verify(aProof(), target);
    const more = { alg: "ES256", use: "sig", kid: "mine", key_ops: ["verify"] };
    expect(await verify(aProof({ header: { jwk: { ...jwk, ...more } } }), target)).toEqual({
      device,
      jti: "1",
    });
  });

  it("R17 another key is another device", async () => {
    const proof = aProof({
      header: { jwk: publicJwk(other.publicKey) },
      signer: signers.ES256(other.privateKey),
    });
    expect((await verify(proof, target)).device).not.toBe((await verify(aProof(), target)).device);
  });

  it.each([
    ["with a query and a fragment, which don't count", `${target.url}?generation=1#top`],
    ["with capitals in the host and the default port", "https://API.example:443/api/v1/backups/android"],
    ["with dot segments", "https://api.example/other/../api/v1/./backups/android"],
  ])("R17 takes the URL %s", async (_, htu) => {
    expect(await verify(aProof({ claims: { htu } }), target)).toMatchObject({ jti: "1" });
  });

  it.each([-60, -59, 0, 60])("R17 takes one made %d s from now", async (offset) => {
    expect(await verify(aProof({ claims: { iat: seconds + offset } }), target)).toMatchObject({ jti: "1" });
  });

  it("R17 takes a jti of 256 characters", async () => {
    expect((await verify(aProof({ claims: { jti: "j".repeat(256) } }), target)).jti).toHaveLength(256);
  });
});

const claimsOf = (change: object) => () => aProof({ claims: change });
const headerOf = (change: object) => () => aProof({ header: change });
const bad: [string, () => string][] = [
  ["none at all", () => ""],
  ["text that is no JWT", () => "proof"],
  ["two proofs joined by a comma", () => `${aProof()}, ${aProof()}`],
  ["an extra part", () => `${aProof()}.e30`],
  ["no signature", () => `${aProof().split(".").slice(0, 2).join(".")}.`],
  ["the signature of another key", () => aProof({ signer: signers.ES256(other.privateKey) })],
  [
    "the signature of another proof",
    () => {
      const swapped = aProof({ claims: { jti: "2" } }).split(".");
      return [...aProof().split(".").slice(0, 2), swapped[2]].join(".");
    },
  ],
  ["a signature in DER", () => aProof({ signer: signers.ES256inDer(phone.privateKey) })],
  ["an over-long one", () => `${aProof({ claims: { more: "A".repeat(1_000_000) } })}A`],

  ["no typ", headerOf({ typ: undefined })],
  ["typ JWT", headerOf({ typ: "JWT" })],
  ["typ at+jwt", headerOf({ typ: "at+jwt" })],
  ["alg none", () => aProof({ header: { alg: "none" }, signer: signers.none() })],
  [
    "RS256 with an RSA key",
    () =>
      aProof({
        header: { alg: "RS256", jwk: publicJwk(rsa.publicKey) },
        signer: signers.RS256(rsa.privateKey),
      }),
  ],
  [
    "ES256 with an RSA key",
    () => aProof({ header: { jwk: publicJwk(rsa.publicKey) }, signer: signers.RS256(rsa.privateKey) }),
  ],
  [
    "ES384 with a P-384 key",
    () =>
      aProof({
        header: { alg: "ES384", jwk: publicJwk(p384.publicKey) },
        signer: signers.ES384(p384.privateKey),
      }),
  ],
  [
    "ES256 with a P-384 key",
    () => aProof({ header: { jwk: publicJwk(p384.publicKey) }, signer: signers.ES256(p384.privateKey) }),
  ],
  [
    "HS256 with the public key for a secret",
    () => aProof({ header: { alg: "HS256" }, signer: signers.HS256(JSON.stringify(jwk)) }),
  ],
  [
    "HS256 with a secret in the header",
    () =>
      aProof({
        header: { alg: "HS256", jwk: { kty: "oct", k: "c2VjcmV0" } },
        signer: signers.HS256("secret"),
      }),
  ],
  ["no key", headerOf({ jwk: undefined })],
  ["a key by kid only", headerOf({ jwk: undefined, kid: "mine" })],
  ["a private key", () => aProof({ header: { jwk: phone.privateKey.export({ format: "jwk" }) } })],
  ["a key with members of its own", headerOf({ jwk: { ...jwk, extra: 1 } })],
  ["a key for encryption", headerOf({ jwk: { ...jwk, use: "enc" } })],
  ["a key for signing too", headerOf({ jwk: { ...jwk, key_ops: ["sign", "verify"] } })],
  ["a point that isn't on the curve", headerOf({ jwk: { ...jwk, y: jwk.x } })],
  ["crit that isn't understood", headerOf({ crit: ["urn:x"], "urn:x": 1 })],

  ["another method", claimsOf({ htm: "GET" })],
  ["the method in small letters", claimsOf({ htm: "put" })],
  ["no method", claimsOf({ htm: undefined })],
  ["another path", claimsOf({ htu: "https://api.example/api/v1/backups/ios" })],
  ["a path in capitals", claimsOf({ htu: "https://api.example/api/v1/backups/ANDROID" })],
  ["a slash more", claimsOf({ htu: `${target.url}/` })],
  ["another host", claimsOf({ htu: "https://api.example.attacker/api/v1/backups/android" })],
  ["another scheme", claimsOf({ htu: "http://api.example/api/v1/backups/android" })],
  ["another port", claimsOf({ htu: "https://api.example:444/api/v1/backups/android" })],
  ["a path without a host", claimsOf({ htu: "/api/v1/backups/android" })],
  ["no URL", claimsOf({ htu: undefined })],
  ["61 s ago", claimsOf({ iat: seconds - 61 })],
  ["a moment more than 60 s ago", claimsOf({ iat: seconds - 60.001 })],
  ["61 s ahead", claimsOf({ iat: seconds + 61 })],
  ["milliseconds for seconds", claimsOf({ iat: now.getTime() })],
  ["no time", claimsOf({ iat: undefined })],
  ["a time that is text", claimsOf({ iat: String(seconds) })],
  ["a time that is no number", claimsOf({ iat: null })],
  [
    "an endless time",
    () =>
      jwtOf(
        { typ: "dpop+jwt", alg: "ES256", jwk },
        `{"htm":"PUT","htu":"${target.url}","iat":1e999,"jti":"1","ath":"${sha256(accessToken)}"}`,
        signers.ES256(phone.privateKey),
      ),
  ],
  ["an expiry that is over", claimsOf({ exp: seconds - 1 })],
  ["no jti", claimsOf({ jti: undefined })],
  ["an empty jti", claimsOf({ jti: "" })],
  ["a jti of 257 characters", claimsOf({ jti: "j".repeat(257) })],
  ["a numeric jti", claimsOf({ jti: 1 })],
  ["no token hash", claimsOf({ ath: undefined })],
  ["the hash of another token", claimsOf({ ath: sha256("another.access.token") })],
  [
    "the token hash in hexadecimal",
    claimsOf({ ath: createHash("sha256").update(accessToken).digest("hex") }),
  ],
  ["the token itself for its hash", claimsOf({ ath: accessToken })],
];

describe("R17 bad proofs are refused, all in the same words", () => {
  it.each(bad)("R17 refuses %s", async (_, make) => {
    const proof = make();
    const { kind, message, details } = await refusalFrom(() => verify(proof, target));
    const alike = {
      kind: "proof-invalid",
      message: "The device proof is missing or not valid for this request.",
      details: {},
    };
    expect({ kind, message, details }).toEqual(alike);
  });

  it("R17 a proof for one request proves nothing for another", async () => {
    const proof = aProof();
    for (const change of [{ method: "DELETE" }, { url: `${target.url}/confirm` }, { accessToken: "stolen" }])
      expect(await kindFrom(() => verify(proof, { ...target, ...change }))).toBe("proof-invalid");
  });
});

describe("R17 one key is one device", () => {
  const rewritten = (x: string) => verify(aProof({ header: { jwk: { ...jwk, x } } }), target);

  it.each([
    ["padding", `${jwk.x}=`],
    ["a space", `${jwk.x} `],
    [
      "a zero before it",
      Buffer.concat([Buffer.alloc(1), Buffer.from(jwk.x ?? "", "base64url")]).toString("base64url"),
    ],
  ])("R17 a coordinate written with %s gives no second name for the same key", async (_, x) => {
    expect(await kindFrom(() => rewritten(x))).toBe("proof-invalid");
  });
});
