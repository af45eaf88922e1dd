/** authenticate: token, app version and proof, in this order; sign-in age; the caller's identity. */
import { describe, expect, it } from "vitest";
import { later, SECOND } from "../../../lib/domain/clock.ts";
import { Failure } from "../../../lib/domain/failure.ts";
import { sha256 } from "../../../lib/domain/hash.ts";
import { ownerIdOf, type ProofTarget, type SignIn, type TokenVerifier } from "../../../lib/domain/owner.ts";
import { authenticate, signIn as readSignIn } from "../../../lib/http/pipeline/authenticate.ts";
import { wwwAuthenticateFor } from "../../../lib/http/pipeline/www-authenticate.ts";
import { aDeviceId, now } from "../../domain/builders.ts";
import { kindFrom, refusalFrom } from "../../domain/refusals.ts";
import { memoryServices } from "../memory-services.ts";
import { aRequest } from "../requests.ts";

const policy = { maxAgeSeconds: 600, accountMaxAgeSeconds: 300, authContexts: ["c1"] };
const target = { method: "PUT", url: "https://api.example/api/v1/backups/android" };
const signIn: SignIn = {
  issuer: "https://login.example",
  subject: "anna",
  authTime: now,
  authTimeClaim: "auth_time",
  keyThumbprint: undefined,
  userName: undefined,
  client: undefined,
  roles: [],
};

type Setup = {
  tokenVerifier?: Partial<TokenVerifier>;
  signIn?: Partial<SignIn>;
  headers?: Record<string, string>;
  access?: "owner" | "owner-fresh";
};
async function run({ tokenVerifier = {}, signIn: change = {}, headers = {}, access = "owner" }: Setup = {}) {
  const good: TokenVerifier = {
    verifyToken: () => Promise.resolve({ ...signIn, ...change }),
    verifyProof: () => Promise.resolve({ device: aDeviceId(), jti: "jti-1" }),
  };
  const services = memoryServices({ tokenVerifier: { ...good, ...tokenVerifier } });
  const request = aRequest({
    authorization: "Bearer token-1",
    dpop: "proof-1",
    "app-version": "android/6.6.0",
    ...headers,
  });
  return authenticate(access, request, await readSignIn(request, services), target, services, now);
}

describe("R4 R17 who is asking", () => {
  it("R33 the owner is known by issuer and subject alone, the device by its key, the request by both and the jti", async () => {
    expect(await run()).toEqual({
      owner: ownerIdOf(signIn),
      device: aDeviceId(),
      authTime: now,
      authTimeClaim: "auth_time",
      proof: sha256(`${aDeviceId()}\njti-1`),
    });
    expect(
      new Set(
        [
          await run(),
          await run({ signIn: { subject: "bert" } }),
          await run({ signIn: { issuer: "https://other.example" } }),
        ].map(({ owner }) => owner),
      ).size,
    ).toBe(3);
  });

  it.each(["Bearer token-1", "bearer token-1", "DPoP token-1", "DPOP   token-1"])(
    "R4 takes %j",
    async (authorization) => {
      const tokens: string[] = [];
      const verifyToken = (token: string) => Promise.resolve(signIn).finally(() => tokens.push(token));
      await run({ headers: { authorization }, tokenVerifier: { verifyToken } });
      expect(tokens).toEqual(["token-1"]);
    },
  );

  it.each([
    "",
    "Bearer",
    "Bearer ",
    "token-1",
    "Basic YTpi",
    "Bearer a b",
    "Bearer a, Bearer b",
    "Bearer a\u00e9",
    "Bearertoken-1",
  ])("R4 refuses %j without looking at the token", async (authorization) => {
    const verifyToken = () => Promise.reject(new Error("looked at it"));
    expect(await kindFrom(() => run({ headers: { authorization }, tokenVerifier: { verifyToken } }))).toBe(
      "not-signed-in",
    );
  });

  it("R17 the proof is checked for exactly this method, URL and token, and for the key that the token is bound to", async () => {
    const seen: [string, ProofTarget][] = [];
    const verifyProof: TokenVerifier["verifyProof"] = (proof, proofTarget) => {
      seen.push([proof, proofTarget]);
      return Promise.resolve({ device: aDeviceId(), jti: "1" });
    };
    await run({ tokenVerifier: { verifyProof } });
    await run({ tokenVerifier: { verifyProof }, signIn: { keyThumbprint: "a key" } });
    const asked = { ...target, accessToken: "token-1" };
    expect(seen).toEqual([
      ["proof-1", { ...asked, keyThumbprint: undefined }],
      ["proof-1", { ...asked, keyThumbprint: "a key" }],
    ]);
  });

  it("R4 a stranger hears of the token first, then of the proof", async () => {
    const fail = (kind: "not-signed-in" | "proof-invalid") => () => Promise.reject(new Failure(kind, "x"));
    const proof = { verifyProof: fail("proof-invalid") };
    const kinds = [
      await kindFrom(() => run({ tokenVerifier: { ...proof, verifyToken: fail("not-signed-in") } })),
      await kindFrom(() => run({ tokenVerifier: proof })),
    ];
    expect(kinds).toEqual(["not-signed-in", "proof-invalid"]);
  });
});

describe("R10 how fresh a sign-in must be", () => {
  const fresh = (authTime: Date | undefined) => run({ access: "owner-fresh", signIn: { authTime } });
  it("R10 takes one of exactly ten minutes ago, and refuses it a millisecond later with the required age", async () => {
    expect(await fresh(later(now, -600 * SECOND))).toMatchObject({ authTime: later(now, -600 * SECOND) });
    const failure = await refusalFrom(() => fresh(later(now, -600 * SECOND - 1)));
    expect(failure).toMatchObject({ kind: "sign-in-too-old", details: { maxAgeSeconds: 600 } });
  });

  it("R10 refuses a sign-in whose time is out of any clock's range", async () =>
    expect(await kindFrom(() => fresh(new Date(Number.NaN)))).toBe("sign-in-too-old"));

  it("R10 R49 if the time is unknown it names the missing claim, and asks for no newer sign-in", async () => {
    const signIn = { authTime: undefined, authTimeClaim: "https://a.example/at" };
    const { kind, message } = await refusalFrom(() => run({ access: "owner-fresh", signIn }));
    expect({ kind, claim: message.includes("https://a.example/at") }).toEqual({
      kind: "sign-in-time-missing",
      claim: true,
    });
    expect(wwwAuthenticateFor("sign-in-time-missing", policy)).toBeUndefined();
  });

  it("R10 R28 a provider's clock may run ahead, but no sign-in counts as later than now", async () => {
    expect((await fresh(later(now, 20 * SECOND))).authTime).toEqual(now);
  });

  it("R10 elsewhere an old sign-in passes, and its time is passed on", async () => {
    const old = later(now, -3_000_000 * SECOND);
    expect((await run({ signIn: { authTime: old } })).authTime).toEqual(old);
  });
});
