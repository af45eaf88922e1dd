/** What is read from a correctly signed token: needed claims must be right, others may be anything. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TokenRefusal } from "../../lib/domain/failure.ts";
import type { TokenIssuer } from "../../lib/oidc/token-claims.ts";
import { readClaims, requireType } from "../../lib/oidc/token-claims.ts";
import { holds } from "../domain/holds.ts";
import { aTokenIssuer } from "./loopback-issuer.ts";

const now = new Date("2026-05-04T10:00:00.000Z");
const seconds = now.getTime() / 1000;
const claims = {
  iss: "https://login.example",
  aud: "api://authenticator-backup",
  sub: "anna",
  exp: seconds + 3600,
  auth_time: seconds - 60,
};
const read = (change: object = {}, issuer: Partial<TokenIssuer> = {}) =>
  readClaims({ ...claims, ...change }, aTokenIssuer(issuer), now);

/** The check that refuses the token; what it proves if none does. */
function checkOf(change: object, issuer: Partial<TokenIssuer> = {}): string {
  try {
    return `taken for ${read(change, issuer).subject}`;
  } catch (error) {
    if (error instanceof TokenRefusal) return error.code;
    throw error;
  }
}
const taken = "taken for anna";

describe("F22 R49 unneeded claims", () => {
  const needed = ["aud", "sub", "exp", "nbf", "auth_time", "cnf", "events", "at_hash", "c_hash"];

  it("F22 R49 may be there or not, in any shape", () => {
    const others = [
      "iat",
      "jti",
      "nonce",
      "client_id",
      "azp",
      "appid",
      "cid",
      "roles",
      "scp",
      "scope",
      "acr",
    ];
    const other = fc.oneof(fc.constantFrom(...others), fc.string()).filter((name) => !needed.includes(name));
    const value = fc.jsonValue().filter((each) => each !== "id" && each !== "ID");
    holds(
      fc.property(fc.dictionary(other, value), (more) => {
        expect({ more, check: checkOf(more) }).toEqual({ more, check: taken });
      }),
    );
  });

  it.each([["nonce"], ["iat"], ["jti"]])("F22 R49 %s alone says nothing", (name) => {
    for (const value of [undefined, "n-0S6", 0, null, []]) expect(checkOf({ [name]: value })).toBe(taken);
  });
});

describe("F22 R49 kinds of tokens", () => {
  const idTokens = [{ at_hash: "x" }, { c_hash: "x" }, { token_use: "id" }, { typ: "ID" }];

  it("F22 an ID token is refused unless the issuer is set to take them", () => {
    expect(idTokens.map((each) => checkOf(each))).toEqual(idTokens.map(() => "id-token"));
    expect(idTokens.map((each) => checkOf(each, { tokens: "id" }))).toEqual(idTokens.map(() => taken));
  });

  it("F22 a logout token is refused everywhere, whatever its events are", () => {
    for (const events of [{}, { "http://schemas.openid.net/event/backchannel-logout": {} }, [], "", null]) {
      expect({
        asAccessToken: checkOf({ events }),
        asIdToken: checkOf({ events }, { tokens: "id" }),
      }).toEqual({ asAccessToken: "logout-token", asIdToken: "logout-token" });
    }
  });

  it.each([undefined, "JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt", "application/jwt"])(
    "R49 takes the header's typ %s",
    (typ) => expect(() => requireType(typ)).not.toThrow(),
  );
  it.each(["logout+jwt", "dpop+jwt", "secevent+jwt", "", null, 1, ["JWT"]])(
    "F22 refuses the header's typ %j",
    (typ) => expect(() => requireType(typ)).toThrow(TokenRefusal),
  );
});

describe("F22 R49 a token's audience", () => {
  const [ours, other] = ["api://authenticator-backup", "api://other"];

  it.each<[string, object, Partial<TokenIssuer>, string]>([
    ["one of several audiences", { aud: "b" }, { audience: ["a", "b"] }, taken],
    ["none of several audiences", { aud: "c" }, { audience: ["a", "b"] }, "aud"],
    ["a list with one of them", { aud: [other, "b"] }, { audience: ["a", "b"] }, taken],
    ["no list of texts", { aud: [ours, 1] }, {}, "aud"],
    ["an empty list", { aud: [] }, {}, "aud"],
    ["none", { aud: undefined }, {}, "aud"],
    [
      "another claim, where there is no aud",
      { aud: undefined, client_id: ours },
      { audienceClaim: "client_id" },
      taken,
    ],
    [
      "another claim that isn't ours",
      { aud: undefined, client_id: other },
      { audienceClaim: "client_id" },
      "aud",
    ],
    [
      "another claim beside another aud",
      { aud: other, client_id: ours },
      { audienceClaim: "client_id" },
      "aud",
    ],
    [
      "another claim beside an empty aud",
      { aud: "", client_id: ours },
      { audienceClaim: "client_id" },
      "aud",
    ],
    [
      "another claim beside an aud that is null",
      { aud: null, client_id: ours },
      { audienceClaim: "client_id" },
      "aud",
    ],
    ["another claim that isn't there", { aud: undefined }, { audienceClaim: "client_id" }, "aud"],
    ["another claim that is inherited", { aud: undefined }, { audienceClaim: "constructor" }, "aud"],
  ])("F22 %s", (_, change, issuer, expected) => expect(checkOf(change, issuer)).toBe(expected));

  const list = { aud: [ours, other] };
  it.each<[string, object, Partial<TokenIssuer>, string]>([
    ["by one of the clients", { ...list, azp: "app" }, { clients: ["web", "app"] }, taken],
    ["by another client", { ...list, azp: "evil" }, { clients: ["app"] }, "azp"],
    ["by nobody", list, { clients: ["app"] }, "azp"],
    ["by one that is no text", { ...list, azp: ["app"] }, { clients: ["app"] }, "azp"],
    [
      "by another client than another claim names",
      { ...list, azp: "evil", client_id: "app" },
      { clients: ["app"] },
      "azp",
    ],
    ["by one that another claim names", { ...list, client_id: "app" }, { clients: ["app"] }, taken],
    ["by anybody, where no clients are set", { ...list, azp: "evil" }, {}, taken],
    ["by anybody, for us alone", { azp: "evil" }, { clients: ["app"] }, taken],
    ["an ID token by one of its audiences", { ...list, azp: ours }, { tokens: "id" }, taken],
    ["an ID token by another app", { ...list, azp: "evil" }, { tokens: "id" }, "azp"],
    ["an ID token by one of the clients", { ...list, azp: "app" }, { tokens: "id", clients: ["app"] }, taken],
  ])("F22 asked for %s", (_, change, issuer, expected) => expect(checkOf(change, issuer)).toBe(expected));
});

describe("R4 R49 the owner's identity", () => {
  it.each<[string, object, Partial<TokenIssuer>, string]>([
    ["sub", {}, {}, taken],
    ["another claim", { uid: "00u1" }, { subjectClaim: "uid" }, "taken for 00u1"],
    ["another claim, and no sub", { sub: undefined, uid: "00u1" }, { subjectClaim: "uid" }, "taken for 00u1"],
    ["another claim that isn't there", {}, { subjectClaim: "uid" }, "sub"],
    ["another claim that is no text", { uid: 7 }, { subjectClaim: "uid" }, "sub"],
    ["Entra's oid with its tid", { oid: "o", tid: "t" }, { subjectClaim: "oid" }, "taken for t\no"],
    ["Entra's oid without its tid", { oid: "o" }, { subjectClaim: "oid" }, "tid"],
  ])("R4 R49 by %s", (_, change, issuer, expected) => expect(checkOf(change, issuer)).toBe(expected));
});

describe("R10 R49 the owner's sign-in time", () => {
  it("R10 R49 is read only from the claim set for the issuer", () => {
    const authTimeClaim = "https://backup.example/auth_time";
    expect(read({}, { authTimeClaim })).toMatchObject({ authTime: undefined, authTimeClaim });
    const told = read({ [authTimeClaim]: now.toISOString() }, { authTimeClaim });
    expect(told.authTime).toEqual(now);
  });

  it("R10 R49 an impossible time doesn't refuse the token", () => {
    for (const auth_time of ["yesterday", {}, [], true, null, -1, seconds + 9999]) {
      expect({ auth_time, read: read({ auth_time }).authTime }).toEqual({ auth_time, read: undefined });
    }
  });
});
