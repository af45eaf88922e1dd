/** Access tokens: good ones of each allowed algorithm, and many bad ones, all refused in the same words. */
import { createHash } from "node:crypto";
import { EncryptJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accessTokenVerifier } from "../../lib/oidc/access-token.ts";
import { refusalFrom } from "../domain/refusals.ts";
import { aTokenIssuer, type LoopbackIssuer, startLoopbackIssuer } from "./loopback-issuer.ts";
import { ecKey, edKey, encoded, jwtOf, publicJwk, rsaKey, type Signer, signers } from "./signed-jwt.ts";

const now = new Date("2026-05-04T10:00:00.000Z");
const seconds = Math.floor(now.getTime() / 1000);
const audience = "api://authenticator-backup";

const [rsa, ec, ed, attacker] = [rsaKey(), ecKey(), edKey(), rsaKey()];
const pem = rsa.publicKey.export({ type: "spki", format: "pem" }).toString();

let issuer: LoopbackIssuer;
/** The attacker's issuer: no verifier may ever call it. */
let elsewhere: LoopbackIssuer;
let verifyAs: ReturnType<typeof accessTokenVerifier>;
const verify = (token: string) => verifyAs(token, "recovery");

const known = () => aTokenIssuer({ issuer: issuer.url, audience: [audience] });

beforeAll(async () => {
  elsewhere = await startLoopbackIssuer([{ ...publicJwk(attacker.publicKey), kid: "rsa" }]);
  issuer = await startLoopbackIssuer([
    { ...publicJwk(rsa.publicKey), kid: "rsa" },
    { ...publicJwk(ec.publicKey), kid: "ec" },
    { ...publicJwk(ed.publicKey), kid: "ed" },
  ]);
  verifyAs = accessTokenVerifier([known()], () => now);
});
afterAll(async () => {
  await issuer.close();
  await elsewhere.close();
});

type Change = { claims?: object; header?: object; signer?: Signer };
const claims = () => ({ iss: issuer.url, aud: audience, sub: "anna", iat: seconds, exp: seconds + 3600 });
const aToken = ({ claims: change = {}, header = {}, signer = signers.RS256(rsa.privateKey) }: Change = {}) =>
  jwtOf({ alg: "RS256", kid: "rsa", ...header }, { ...claims(), ...change }, signer);
/** Part 0, 1 or 2 of a token: header, payload, signature. */
const part = (index: number, token: string) => token.split(".")[index] ?? "";

describe("F22 R4 good tokens pass", () => {
  it.each([
    ["RS256", "rsa", rsa.privateKey],
    ["PS256", "rsa", rsa.privateKey],
    ["ES256", "ec", ec.privateKey],
  ] as const)("R4 takes one signed with %s", async (alg, kid, key) => {
    const token = aToken({ header: { alg, kid }, signer: signers[alg](key) });
    expect(await verify(token)).toEqual({
      issuer: issuer.url,
      subject: "anna",
      authTime: undefined,
      authTimeClaim: "auth_time",
      keyThumbprint: undefined,
      userName: undefined,
      client: undefined,
      roles: [],
    });
  });

  it("R4 R10 R17 gives the time of the sign-in and the key that the token is bound to", async () => {
    const bound = { auth_time: seconds - 60, cnf: { jkt: "thumbprint" } };
    expect(await verify(aToken({ claims: bound, header: { typ: "at+jwt" } }))).toMatchObject({
      authTime: new Date((seconds - 60) * 1000),
      keyThumbprint: "thumbprint",
    });
  });

  it("R4 takes one of several audiences, and clocks that are up to 30 s apart", async () => {
    const edges = [{ aud: ["other", audience] }, { exp: seconds - 29 }, { nbf: seconds + 30 }];
    for (const change of edges)
      expect(await verify(aToken({ claims: change }))).toMatchObject({ subject: "anna" });
  });
});

const bad: [string, () => string | Promise<string>][] = [
  ["nothing", () => ""],
  ["two dots only", () => ".."],
  ["one part only", () => encoded({ alg: "none" })],
  ["no signature", () => `${part(0, aToken())}.${part(1, aToken())}.`],
  ["no last part", () => `${part(0, aToken())}.${part(1, aToken())}`],
  ["a truncated signature", () => aToken().slice(0, -8)],
  ["an extra part", () => `${aToken()}.${encoded("{}")}`],
  [
    "the signature of another token",
    () => {
      const other = aToken({ claims: { sub: "other" } });
      return `${part(0, aToken())}.${part(1, aToken())}.${part(2, other)}`;
    },
  ],
  [
    "the payload of another token",
    () => {
      const other = aToken({ claims: { sub: "other" } });
      return `${part(0, aToken())}.${part(1, other)}.${part(2, aToken())}`;
    },
  ],
  ["a huge payload", () => aToken({ claims: { more: "A".repeat(1_000_000) } }).slice(0, -8)],
  [
    "a payload that is no JSON",
    () => jwtOf({ alg: "RS256", kid: "rsa" }, "no JSON", signers.RS256(rsa.privateKey)),
  ],
  [
    "a payload that is a list",
    () => jwtOf({ alg: "RS256", kid: "rsa" }, [claims()], signers.RS256(rsa.privateKey)),
  ],
  [
    "a JWE",
    () =>
      new EncryptJWT(claims())
        .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
        .encrypt(createHash("sha256").digest()),
  ],

  ["alg none", () => aToken({ header: { alg: "none" }, signer: signers.none() })],
  ["alg nOnE", () => aToken({ header: { alg: "nOnE" }, signer: signers.none() })],
  ["no alg", () => aToken({ header: { alg: undefined } })],
  [
    "HS256 with the public key for a secret",
    () => aToken({ header: { alg: "HS256" }, signer: signers.HS256(pem) }),
  ],
  [
    "RS384, which isn't allowed",
    () => aToken({ header: { alg: "RS384" }, signer: signers.RS384(rsa.privateKey) }),
  ],
  [
    "RS512, which isn't allowed",
    () => aToken({ header: { alg: "RS512" }, signer: signers.RS512(rsa.privateKey) }),
  ],
  [
    "EdDSA, which isn't allowed",
    () => aToken({ header: { alg: "EdDSA", kid: "ed" }, signer: signers.EdDSA(ed.privateKey) }),
  ],
  ["ES256 in the header over an RSA signature", () => aToken({ header: { alg: "ES256", kid: "ec" } })],

  ["the attacker's signature", () => aToken({ signer: signers.RS256(attacker.privateKey) })],
  ...["jku", "x5u"].map((name): [string, () => string] => [
    `${name} that names the attacker's keys`,
    () => aToken({ header: { [name]: `${elsewhere.url}/keys` }, signer: signers.RS256(attacker.privateKey) }),
  ]),
  [
    "jwk that is the attacker's key",
    () =>
      aToken({
        header: { jwk: publicJwk(attacker.publicKey), kid: undefined },
        signer: signers.RS256(attacker.privateKey),
      }),
  ],
  [
    "x5c that holds the attacker's key",
    () =>
      aToken({
        header: { x5c: [attacker.publicKey.export({ type: "spki", format: "der" }).toString("base64")] },
        signer: signers.RS256(attacker.privateKey),
      }),
  ],
  ...[
    "unknown",
    "",
    "../../../../dev/null",
    "/dev/null",
    "rsa\u0000",
    "' OR '1'='1",
    "http://127.0.0.1/keys",
    "__proto__",
  ].map((kid): [string, () => string] => [`kid ${JSON.stringify(kid)}`, () => aToken({ header: { kid } })]),
  ["crit that isn't understood", () => aToken({ header: { crit: ["urn:x"], "urn:x": true } })],
  ["crit that is empty", () => aToken({ header: { crit: [] } })],
  [
    "b64 false",
    () => {
      const header = encoded({ alg: "RS256", kid: "rsa", b64: false, crit: ["b64"] });
      const signature = signers
        .RS256(rsa.privateKey)(`${header}.${JSON.stringify(claims())}`)
        .toString("base64url");
      return `${header}.${encoded(claims())}.${signature}`;
    },
  ],

  ...(
    [
      ["another audience", { aud: "api://other" }],
      ["other audiences", { aud: ["api://other", `${audience}/`] }],
      ["an audience that only begins the same", { aud: `${audience}-2` }],
      ["no audience", { aud: undefined }],
      ["no issuer", { iss: undefined }],
      ["an expired token", { exp: seconds - 30 }],
      ["a token that never expires", { exp: undefined }],
      ["an expiry that is text", { exp: String(seconds + 3600) }],
      ["a token that isn't valid yet", { nbf: seconds + 31 }],
      ["no subject", { sub: undefined }],
      ["an empty subject", { sub: "" }],
      ["a numeric subject", { sub: 42 }],
      ["an endless subject", { sub: "a".repeat(256) }],
      ["an ID token: at_hash", { at_hash: "77QmUPtjPfzWtF2AnpK9RQ" }],
      ["an ID token: c_hash", { c_hash: "LDktKdoQak3Pk0cnXxCltA" }],
      ["an ID token: token_use", { token_use: "id" }],
      ["an ID token of Keycloak", { typ: "ID" }],
      ["a logout token", { events: { "http://schemas.openid.net/event/backchannel-logout": {} } }],
      ["a time before which it doesn't count that is text", { nbf: String(seconds) }],
      ["a key binding that is text", { cnf: "thumbprint" }],
    ] as const
  ).map(([name, change]): [string, () => string] => [name, () => aToken({ claims: change })]),
  ...(
    [
      ["a slash at its end", (url: string) => `${url}/`],
      ["capitals", (url: string) => url.toUpperCase()],
      ["a part of it only", (url: string) => url.slice(0, -1)],
      ["more behind it", (url: string) => `${url}.attacker.example`],
      ["a list around it", (url: string) => [url]],
      ["the attacker's address", () => elsewhere.url],
    ] as const
  ).map(([name, change]): [string, () => string] => [
    `the issuer with ${name}`,
    () => aToken({ claims: { iss: change(issuer.url) } }),
  ]),
];

describe("F22 R4 bad tokens are refused, all in the same words", () => {
  it.each(bad)("F22 R4 refuses %s", async (_, make) => {
    const token = await make();
    const { kind, message, details } = await refusalFrom(() => verify(token));
    const alike = {
      kind: "not-signed-in",
      message: "The access token is missing or not valid.",
      details: {},
    };
    expect({ kind, message, details }).toEqual(alike);
  });

  it("F22 R4 the whole matrix makes a verifier call its own issuer once, and nobody else", async () => {
    const before = { ...issuer.fetched };
    const anew = accessTokenVerifier([known()], () => now);
    for (const [, make] of bad) await refusalFrom(async () => anew(await make(), "recovery"));
    expect(issuer.fetched).toEqual({ discovery: before.discovery + 1, keys: before.keys + 1 });
    expect(elsewhere.fetched).toEqual({ discovery: 0, keys: 0 });
  });

  it("F22 R4 without any issuer nobody is signed in", async () => {
    const { kind } = await refusalFrom(() => accessTokenVerifier([], () => now)(aToken(), "recovery"));
    expect(kind).toBe("not-signed-in");
  });
});
