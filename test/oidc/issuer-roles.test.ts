/** What each issuer's tokens may be used for, and what a token says of its app and of the account. */
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ISSUER_ROLES, type IssuerRole } from "../../lib/domain/owner.ts";
import { accessTokenVerifier } from "../../lib/oidc/access-token.ts";
import type { TokenIssuer } from "../../lib/oidc/token-claims.ts";
import { kindFrom, refusalFrom } from "../domain/refusals.ts";
import { aTokenIssuer, type LoopbackIssuer, startLoopbackIssuer } from "./loopback-issuer.ts";
import { ecKey, jwtOf, publicJwk, signers } from "./signed-jwt.ts";

const now = new Date("2026-05-04T10:00:00.000Z");
const iat = Math.floor(now.getTime() / 1000);
const audience = "api://authenticator-backup";
const key = ecKey();

const issuers = new Map<IssuerRole, LoopbackIssuer>();
const urlOf = (role: IssuerRole) => issuers.get(role)?.url ?? expect.fail("no issuer");
beforeAll(async () => {
  for (const role of ISSUER_ROLES) {
    issuers.set(role, await startLoopbackIssuer([{ ...publicJwk(key.publicKey), kid: "ec" }]));
  }
});
afterAll(() => Promise.all([...issuers.values()].map((issuer) => issuer.close())));

const known = (role: IssuerRole, change: Partial<TokenIssuer> = {}) =>
  aTokenIssuer({ issuer: urlOf(role), audience: [audience], role, ...change });
const verifier = (list: TokenIssuer[] = ISSUER_ROLES.map((role) => known(role))) =>
  accessTokenVerifier(list, () => now);

/** A valid token of the issuer that has this role. */
const tokenOf = (role: IssuerRole, change: object = {}) => {
  const claims = { iss: urlOf(role), aud: audience, sub: "anna", iat, exp: iat + 3600, ...change };
  return jwtOf({ alg: "ES256", kid: "ec" }, claims, signers.ES256(key.privateKey));
};

const pairs = ISSUER_ROLES.flatMap((of) => ISSUER_ROLES.map((as) => [of, as] as const));

describe("F22 A14 a token is taken only for the role of its issuer", () => {
  it.each(pairs)("F22 A14 R4 R33 one of the issuer for %s, as %s", async (of, as) => {
    const verify = verifier();
    if (of === as) return expect(await verify(tokenOf(of), as)).toMatchObject({ issuer: urlOf(of) });
    const { kind, message, details } = await refusalFrom(() => verify(tokenOf(of), as));
    const alike = {
      kind: "not-signed-in",
      message: "The access token is missing or not valid.",
      details: {},
    };
    expect({ kind, message, details }).toEqual(alike);
  });

  it("F22 A14 even if it was just accepted for its own role", async () => {
    const verify = verifier();
    for (const [of, as] of pairs.filter(([a, b]) => a !== b)) {
      await verify(tokenOf(of), of);
      expect(await kindFrom(() => verify(tokenOf(of), as))).toBe("not-signed-in");
    }
  });

  it("F22 A14 for another role nobody's keys are fetched: the issuer doesn't even learn of it", async () => {
    const verify = verifier();
    const before = structuredClone([...issuers.values()].map(({ fetched }) => fetched));
    for (const [of, as] of pairs.filter(([a, b]) => a !== b)) await kindFrom(() => verify(tokenOf(of), as));
    expect([...issuers.values()].map(({ fetched }) => fetched)).toEqual(before);
  });

  it("F22 A14 an issuer with two roles has two audiences: each token counts for its own", async () => {
    const issuer = urlOf("recovery");
    const verify = verifier([
      known("recovery"),
      known("account", { issuer, audience: ["api://account"] }),
      known("provider", { issuer, audience: ["api://provider"] }),
    ]);
    const audiences = { recovery: audience, account: "api://account", provider: "api://provider" };
    for (const [of, as] of pairs) {
      const token = tokenOf("recovery", { aud: audiences[of] });
      const taken = of === as ? await verify(token, as) : await kindFrom(() => verify(token, as));
      expect(taken).toEqual(of === as ? expect.objectContaining({ issuer }) : "not-signed-in");
    }
  });

  it("F22 A14 without an issuer for a role, no token is accepted for it", async () => {
    for (const role of ISSUER_ROLES) {
      const others = ISSUER_ROLES.filter((each) => each !== role).map((each) => known(each));
      for (const of of ISSUER_ROLES) {
        expect(await kindFrom(() => verifier(others)(tokenOf(of), role))).toBe("not-signed-in");
      }
    }
  });
});

describe("R14 R33 which app a token was issued to", () => {
  const clientOf = async (claims: object) =>
    (await verifier()(tokenOf("provider", claims), "provider")).client;

  it.each([
    ["client_id (RFC 9068)", { client_id: "contoso" }],
    ["azp (Entra, version 2)", { azp: "contoso" }],
    ["appid (Entra, version 1)", { appid: "contoso" }],
    ["client_id before the others", { client_id: "contoso", azp: "other", appid: "third" }],
    ["azp before appid", { azp: "contoso", appid: "third" }],
  ])("R33 from %s", async (_, claims) => expect(await clientOf(claims)).toBe("contoso"));

  it("R33 without one it is nobody's app: never its subject, audience or role", async () => {
    expect(await clientOf({ sub: "contoso", roles: ["contoso"] })).toBeUndefined();
  });

  it("R33 the roles are those of the token; without any it has none", async () => {
    const verify = verifier();
    const roles = ["Codes.Verify", "Tickets.Issue"];
    expect(await verify(tokenOf("provider", { roles }), "provider")).toMatchObject({ roles });
    expect(await verify(tokenOf("provider"), "provider")).toMatchObject({ roles: [] });
  });

  it("F22 R33 a person's token (scp or scope, of any shape) never has roles of an app", async () => {
    const roles = ["Codes.Verify"];
    const shapes = ["", "access_as_user", [], ["openid"], {}, null, 0, false];
    for (const shape of shapes.flatMap((each) => [{ scp: each }, { scope: each }])) {
      const { roles: taken } = await verifier()(tokenOf("provider", { roles, ...shape }), "provider");
      expect({ shape, taken }).toEqual({ shape, taken: [] });
    }
  });

  it.each([
    ["a client_id that is no text", { client_id: ["contoso"] }],
    ["an azp that is no text", { azp: { contoso: true } }],
    ["an appid that is no text", { appid: 1 }],
    ["roles that are text", { roles: "Codes.Verify" }],
    ["roles that aren't texts", { roles: [["Codes.Verify"]] }],
  ])("F22 R4 refuses %s", async (_, claims) =>
    expect(await kindFrom(() => clientOf(claims))).toBe("not-signed-in"),
  );
});

describe("R20 the name of an account", () => {
  const userNameOf = async (claims: object, accountClaim?: string) => {
    const list = [known("account", accountClaim === undefined ? {} : { accountClaim })];
    return (await verifier(list)(tokenOf("account", claims), "account")).userName;
  };
  const all = { preferred_username: "one", email: "two", upn: "three", sub: "four" };

  it.each([
    ["preferred_username", "one"],
    ["email", "two"],
    ["upn", "three"],
    ["sub", "four"],
  ])("R20 is what the configured claim %s says, and no other", async (claim, userName) => {
    expect(await userNameOf(all, claim)).toBe(userName);
    const others = Object.fromEntries(Object.entries(all).filter(([name]) => name !== claim));
    if (claim !== "sub") expect(await userNameOf(others, claim)).toBeUndefined();
  });

  it("R20 is missing if that claim is no text", async () => {
    const odd = fc.jsonValue().filter((value) => typeof value !== "string");
    await fc.assert(
      fc.asyncProperty(odd, async (preferred_username) => {
        expect(await userNameOf({ preferred_username })).toBeUndefined();
      }),
      { numRuns: 30 },
    );
    for (const claim of ["__proto__", "constructor", "toString"]) {
      expect(await userNameOf(all, claim)).toBeUndefined();
    }
  });

  it("R20 R33 comes from its own issuer's claim, even if one issuer has two roles", async () => {
    const issuer = urlOf("recovery");
    const verify = verifier([known("recovery", { accountClaim: "email" }), known("account", { issuer })]);
    const token = tokenOf("recovery", all);
    expect(await verify(token, "recovery")).toMatchObject({ userName: "two" });
    expect(await verify(token, "account")).toMatchObject({ userName: "one" });
  });
});
