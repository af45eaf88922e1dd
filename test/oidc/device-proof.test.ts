/** Device proofs: the checks of RFC 9449 §4.3, point by point. */
import { createHash } from "node:crypto";
import { calculateJwkThumbprint } from "jose";
import { describe, expect, it } from "vitest";
import type { ProofTarget } from "../../lib/domain/owner.ts";
import { kindOf } from "../../lib/http/problems/problem.ts";
import { deviceProofVerifier } from "../../lib/oidc/device-proof.ts";
import { kindFrom, refusalFrom } from "../domain/refusals.ts";
import { ecKey, jwtOf, publicJwk, rsaKey, type Signer, signers } from "./signed-jwt.ts";

const now = new Date("2026-05-04T10:00:00.500Z");
const seconds = now.getTime() / 1000;
const accessToken = "an.access.token";
const target: ProofTarget = {
  method: "PUT",
  url: "https://api.example/api/v1/backups/android",
  accessToken,
  keyThumbprint: undefined,
};
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

  it("R17 redundant members of the key don't change the name", async () => {
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
    ["with a slash at its end", `${target.url}/`],
    ["with a slash at its end and a query", `${target.url}/?a=b`],
    ["with dot segments", "https://api.example/other/../api/v1/./backups/android"],
  ])("R17 takes the URL %s", async (_, htu) => {
    expect(await verify(aProof({ claims: { htu } }), target)).toMatchObject({ jti: "1" });
    expect(await verify(aProof({ claims: { htu } }), { ...target, url: `${target.url}/` })).toMatchObject({
      jti: "1",
    });
  });

  it("R17 of the key that the token is bound to", async () => {
    const { device } = await verify(aProof(), target);
    expect((await verify(aProof(), { ...target, keyThumbprint: device })).device).toBe(device);
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
const unsigned: [string, () => string][] = [
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
  [
    "claims that are no object",
    () => jwtOf({ typ: "dpop+jwt", alg: "ES256", jwk }, "[]", signers.ES256(phone.privateKey)),
  ],
];

const wrong: [string, string, () => string][] = [
  ["htm", "another method", claimsOf({ htm: "GET" })],
  ["htm", "the method in small letters", claimsOf({ htm: "put" })],
  ["htm", "no method", claimsOf({ htm: undefined })],
  ["htu", "another path", claimsOf({ htu: "https://api.example/api/v1/backups/ios" })],
  ["htu", "a path in capitals", claimsOf({ htu: "https://api.example/api/v1/backups/ANDROID" })],
  ["htu", "another host", claimsOf({ htu: "https://api.example.attacker/api/v1/backups/android" })],
  ["htu", "another scheme", claimsOf({ htu: "http://api.example/api/v1/backups/android" })],
  ["htu", "another port", claimsOf({ htu: "https://api.example:444/api/v1/backups/android" })],
  ["htu", "a path without a host", claimsOf({ htu: "/api/v1/backups/android" })],
  ["htu", "no URL", claimsOf({ htu: undefined })],
  ["iat", "milliseconds for seconds", claimsOf({ iat: now.getTime() })],
  ["htu", "two slashes more", claimsOf({ htu: `${target.url}//` })],
  ["iat", "a time before 1970", claimsOf({ iat: -1 })],
  ["exp", "an expiry that is text", claimsOf({ exp: "never" })],
  ["nbf", "a time to come before which it doesn't count", claimsOf({ nbf: seconds + 1 })],
  ["nbf", "such a time that is text", claimsOf({ nbf: "now" })],
  ["iat", "no time", claimsOf({ iat: undefined })],
  ["iat", "a time that is text", claimsOf({ iat: String(seconds) })],
  ["iat", "a time that is no number", claimsOf({ iat: null })],
  [
    "iat",
    "an endless time",
    () =>
      jwtOf(
        { typ: "dpop+jwt", alg: "ES256", jwk },
        `{"htm":"PUT","htu":"${target.url}","iat":1e999,"jti":"1","ath":"${sha256(accessToken)}"}`,
        signers.ES256(phone.privateKey),
      ),
  ],
  ["exp", "an expiry that is over", claimsOf({ exp: seconds - 1 })],
  ["jti", "no jti", claimsOf({ jti: undefined })],
  ["jti", "an empty jti", claimsOf({ jti: "" })],
  ["jti", "a jti of 257 characters", claimsOf({ jti: "j".repeat(257) })],
  ["jti", "a numeric jti", claimsOf({ jti: 1 })],
  ["ath", "no token hash", claimsOf({ ath: undefined })],
  ["ath", "the hash of another token", claimsOf({ ath: sha256("another.access.token") })],
  [
    "ath",
    "the token hash in hexadecimal",
    claimsOf({ ath: createHash("sha256").update(accessToken).digest("hex") }),
  ],
  ["ath", "the token itself for its hash", claimsOf({ ath: accessToken })],
];

const told = async (proof: string, change: Partial<ProofTarget> = {}) => {
  const { kind, message, details } = await refusalFrom(() => verify(proof, { ...target, ...change }));
  return { kind, message, details };
};
const places = ({ details }: Awaited<ReturnType<typeof told>>) => details.errors?.map(({ at }) => at);

describe("R17 a wrongly signed proof is refused, always in the same words", () => {
  const alike = {
    kind: "proof-invalid",
    message: "The device proof is missing, or no DPoP proof that its own key has signed.",
    details: {},
  };

  it.each(unsigned)("R17 refuses %s", async (_, make) => expect(await told(make())).toEqual(alike));

  it("R17 whatever else is wrong with it", async () => {
    const signer = signers.ES256(other.privateKey);
    for (const claims of [{ htm: "GET" }, { htu: "x" }, { ath: "x" }, { jti: 1 }, { iat: seconds - 10_800 }])
      expect(await told(aProof({ claims, signer }))).toEqual(alike);
  });

  it("R17 with a token bound to another key, it says only that", async () => {
    const bound = { keyThumbprint: sha256("another key") };
    const good = await told(aProof(), bound);
    expect(good).toEqual({
      kind: "proof-invalid",
      message: "The access token is bound to another key.",
      details: {},
    });
    for (const claims of [{ htm: "GET" }, { htu: "x" }, { ath: "x" }, { jti: 1 }, { iat: seconds - 10_800 }])
      expect(await told(aProof({ claims }), bound)).toEqual(good);
    expect(await told(aProof(), { keyThumbprint: "" })).toEqual(good);
  });
});

describe("R17 R32 a signed proof is told which of its claims is wrong", () => {
  it.each(wrong)("R17 R32 %s: %s", async (claim, _, make) => {
    const refusal = await told(make());
    expect({ kind: refusal.kind, at: places(refusal), total: refusal.details.errorsTotal }).toEqual({
      kind: "proof-invalid",
      at: [`DPoP claim ${claim}`],
      total: 1,
    });
  });

  it("R32 all of them, and the right values", async () => {
    const { details } = await told(aProof({ claims: { htm: "GET", htu: "x", ath: 1, jti: "", iat: "now" } }));
    expect(details.errors).toEqual([
      { at: "DPoP claim htm", detail: "must be PUT" },
      { at: "DPoP claim htu", detail: "must be https://api.example/api/v1/backups/android" },
      { at: "DPoP claim ath", detail: "must be base64url of the SHA-256 of the access token" },
      { at: "DPoP claim jti", detail: "must be 1 to 256 characters, others for each request" },
      {
        at: "DPoP claim iat",
        detail: "must be the time when the proof was made, in seconds since 1970",
      },
    ]);
  });

  it("R34 and never the wrong values", async () => {
    const canaries = { htm: "canary", htu: "canary", ath: "canary", jti: ["canary"], iat: "canary" };
    expect(JSON.stringify(await told(aProof({ claims: canaries })))).not.toContain("canary");
  });

  it("R17 a proof for one request proves nothing for another", async () => {
    const [proof, url] = [aProof(), `${target.url}/confirm`];
    expect(places(await told(proof, { method: "DELETE" }))).toEqual(["DPoP claim htm"]);
    expect(places(await told(proof, { url }))).toEqual(["DPoP claim htu"]);
    expect(places(await told(proof, { accessToken: "stolen" }))).toEqual(["DPoP claim ath"]);
  });
});

describe("R17 R31 R32 a proof by a wrong clock", () => {
  const OFF = [65, 3 * 3600, 86_400, 20 * 365 * 86_400].flatMap((off) => [-off, off]);

  it.each(OFF)(
    "R17 R32 by %d s: is told the time and the difference, and accepted once corrected",
    async (off) => {
      const refusal = await told(aProof({ claims: { iat: seconds + off } }));
      const how = off > 0 ? `${off} s ahead of` : `${-off} s behind`;
      expect(refusal).toEqual({
        kind: "clock-skewed",
        message: `The time in the device proof is ${how} the present time.`,
        details: { serverTime: now.toISOString(), skewSeconds: off },
      });
      const corrected = seconds + off - (refusal.details.skewSeconds ?? 0);
      expect(await verify(aProof({ claims: { iat: corrected } }), target)).toMatchObject({ jti: "1" });
      const byTime = Date.parse(refusal.details.serverTime ?? "") / 1000;
      expect(await verify(aProof({ claims: { iat: byTime } }), target)).toMatchObject({ jti: "1" });
    },
  );

  it("R17 is never accepted beyond 60 s, and always within", async () => {
    for (let off = -200; off <= 200; off++) {
      const verified = verify(aProof({ claims: { iat: seconds + off } }), target);
      const answered = await verified.then(() => "accepted", kindOf);
      const isNear = Math.abs(off) <= 60;
      expect({ off, answered }).toEqual({ off, answered: isNear ? "accepted" : "clock-skewed" });
    }
  });

  it("R17 isn't told the time if anything else is wrong: then only that", async () => {
    const claims = { htm: "GET", htu: "https://other.example", ath: "x", jti: "" };
    for (const [claim, value] of Object.entries(claims)) {
      const refusal = await told(aProof({ claims: { [claim]: value, iat: seconds - 10_800 } }));
      expect({ kind: refusal.kind, at: places(refusal) }).toEqual({
        kind: "proof-invalid",
        at: [`DPoP claim ${claim}`],
      });
      expect(Object.keys(refusal.details).toSorted()).toEqual(["errors", "errorsTotal"]);
    }
  });

  it("R32 an expiry by the same clock is no fault of its own", async () => {
    const iat = seconds - 10_800;
    expect((await told(aProof({ claims: { iat, nbf: iat, exp: iat + 60 } }))).kind).toBe("clock-skewed");
    expect((await told(aProof({ claims: { iat: seconds + 10_800, nbf: seconds + 10_800 } }))).kind).toBe(
      "clock-skewed",
    );
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
