/** Settings of providers: each names one app of one issuer without ambiguity, and never a person. */
import { expect, it } from "vitest";
import { anIssuer, load, named } from "./sample-settings.ts";

const providers = (...list: object[]) =>
  JSON.stringify(list.map((each) => ({ clientId: "app", accounts: [], ...each })));
const [a, b] = [{ issuer: "https://a.example" }, { issuer: "https://b.example" }];
const issuers = (...list: object[]) =>
  JSON.stringify(
    [{}, ...list.map((each) => ({ ...each, role: "provider" }))].flatMap((each) =>
      JSON.parse(anIssuer(each)),
    ),
  );

it("R33 where several issuers have the role, each app names its own, and two may have one client id", () => {
  const several = { IDENTITY_ISSUERS: issuers(a, b), PROVIDERS: providers(a, b) };
  expect(load(several).providers).toMatchObject([a, b]);
  const one = { IDENTITY_ISSUERS: issuers(a), PROVIDERS: providers({}) };
  expect(load(one).providers).toEqual([{ clientId: "app", accounts: [] }]);
});

const here = { issuer: "https://login.example" };

it.each(["recovery", "account"])(
  "F23 R33 R42 one audience for apps and the role %s stops the app",
  (role) => {
    const both = (audience: string) => ({
      IDENTITY_ISSUERS: JSON.stringify([
        ...JSON.parse(issuers()),
        { ...here, audience: "api://people", role },
        { ...here, audience, role: "provider" },
      ]),
    });
    expect(named(both("api://people"))).toEqual(["IDENTITY_ISSUERS"]);
    expect(named(both("api://apps"))).toEqual([]);
  },
);

it("R33 R42 another issuer may have an audience of the same name, and people's roles may share theirs", () => {
  const account = { ...here, role: "account" };
  const shared = JSON.stringify([...JSON.parse(issuers(a)), ...JSON.parse(anIssuer(account))]);
  expect(named({ IDENTITY_ISSUERS: shared })).toEqual([]);
});

it.each([
  ["an app of nobody knows whom", [a, b], [{}]],
  ["one of two of nobody knows whom", [a, b], [a, { clientId: "other" }]],
  ["an app that is there twice", [a, b], [a, a]],
  ["an app that is there twice, once by name", [a], [a, {}]],
  ["an app of an issuer without the role", [a], [{ issuer: "https://login.example" }]],
])("R33 R42 %s stops the app", (_, known, list) => {
  expect(named({ IDENTITY_ISSUERS: issuers(...known), PROVIDERS: providers(...list) })).toEqual([
    "PROVIDERS",
  ]);
});
