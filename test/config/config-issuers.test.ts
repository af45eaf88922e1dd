/** Settings of identity providers: how their tokens are read, and which settings would mislead. */
import { describe, expect, it } from "vitest";
import { anIssuer, load, messageFor, named, required } from "./sample-settings.ts";

const issuersOf = (change: object) => load({ IDENTITY_ISSUERS: anIssuer(change) }).issuers;

it("R49 by default an issuer is read as the standards say", () => {
  expect(issuersOf({})).toEqual([
    {
      issuer: "https://login.example",
      audience: ["api://x"],
      role: "recovery",
      tokens: "access",
      subjectClaim: "sub",
      authTimeClaim: "auth_time",
      accountClaim: "preferred_username",
    },
  ]);
});

it("R49 each setting reaches the app", () => {
  const change = {
    audience: ["ios", "android"],
    audienceClaim: "client_id",
    clients: ["ios", "android"],
    tokens: "id",
    subjectClaim: "oid",
    authTimeClaim: "https://backup.example/auth_time",
  };
  expect(issuersOf(change)).toMatchObject([change]);
});

describe("F30 R49 misleading settings stop the app", () => {
  it.each([
    ...["iat", "nbf", "exp", "updated_at"].map((name) => ["authTimeClaim", name] as const),
    ...["email", "phone_number", "preferred_username", "name"].map((name) => ["subjectClaim", name] as const),
    ...["authTimeClaim", "subjectClaim", "audienceClaim"].map((name) => [name, ""] as const),
    ["audience", []],
    ["audience", [""]],
    ["clients", []],
    ["tokens", "refresh"],
  ] as const)("F30 R49 %s: %j", (name, value) => {
    const settings = { ...required, IDENTITY_ISSUERS: anIssuer({ [name]: value }) };
    expect(messageFor(settings)).toContain(`IDENTITY_ISSUERS.0.${name}`);
  });

  const both = (role: string, people: object, apps: object) => ({
    IDENTITY_ISSUERS: JSON.stringify([
      ...JSON.parse(anIssuer()),
      { issuer: "https://a.example", audience: "api://people", role, ...people },
      { issuer: "https://a.example", audience: "api://apps", role: "provider", ...apps },
    ]),
  });

  it("F30 F22 R49 ID tokens for the role provider", () => {
    expect(named(both("account", { tokens: "id" }, {}))).toEqual([]);
    expect(named(both("account", {}, { tokens: "id" }))).toEqual(["IDENTITY_ISSUERS"]);
  });

  it("F30 F23 R33 one audience of several that apps and people share", () => {
    const shared = { audience: ["api://more", "api://apps"] };
    expect(named(both("account", shared, {}))).toEqual(["IDENTITY_ISSUERS"]);
    expect(named(both("account", shared, { audience: ["api://other"] }))).toEqual([]);
  });
});
