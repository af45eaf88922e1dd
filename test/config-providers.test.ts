/** Settings of providers: which app of which issuer each one is must be clear. */
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
