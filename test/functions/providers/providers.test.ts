/** Tokens as each known provider issues them, with the settings of infra/IDENTITY.md. */
/** From an upload to a recovery. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { load } from "../../config/sample-settings.ts";
import { aTokenIssuer, type LoopbackIssuer, startLoopbackIssuer } from "../../oidc/loopback-issuer.ts";
import { jwtOf, publicJwk, rsaKey, signers } from "../../oidc/signed-jwt.ts";
import { type App, anApp } from "../../support/app.ts";
import { aBackup, nothingYet } from "../../support/builders.ts";
import { entriesOfThePage } from "../../support/identity-page.ts";
import { anOwner, aPhone } from "../../support/phones.ts";
import { recovering, refused, stalenessIn } from "../helpers.ts";
import { type Shape, type Signed, shapes } from "../token-shapes.ts";

const key = rsaKey();
let issuer: LoopbackIssuer;
beforeAll(async () => {
  issuer = await startLoopbackIssuer([{ ...publicJwk(key.publicKey), kid: "rsa" }]);
});
afterAll(() => issuer.close());

/** An app with the page's settings for the provider, except for its address. */
const anAppFor = (provider: string, change: object = {}): App => {
  const entry = { ...entriesOfThePage.get(provider), issuer: issuer.url, ...change };
  return anApp({ settings: { IDENTITY_ISSUERS: JSON.stringify([entry]), PROVIDERS: "[]" } });
};

function signed({ claims, typ }: Shape, who: Signed, change: Record<string, unknown> = {}): string {
  const iat = Math.floor(Date.now() / 1000);
  const payload = { iss: issuer.url, iat, exp: iat + 3600, ...claims(who), ...change };
  const header = { alg: "RS256", kid: "rsa", ...(typ !== undefined && { typ }) };
  return jwtOf(header, payload, signers.RS256(key.privateKey));
}

async function aSignedPhone(app: App, platform: Signed["app"], token: string) {
  const phone = await aPhone({ app, platform });
  phone.token = token;
  return phone;
}

const uploading = { body: aBackup(), headers: nothingYet };
const named = Object.entries(shapes);

it("F38 R49 the page has a chapter with settings for each provider, and the app starts with them", () => {
  expect([...entriesOfThePage.keys()]).toEqual(Object.keys(shapes));
  for (const entry of entriesOfThePage.values()) {
    const { issuers } = load({ IDENTITY_ISSUERS: JSON.stringify([entry]) });
    expect(issuers).toMatchObject([{ issuer: entry.issuer, role: "recovery" }]);
  }
});

describe.concurrent.each(named)("%s", (provider, shape) => {
  it("F38 R49 R10 one app uploads, and the other platform's app recovers with a fresh sign-in of the same person", async () => {
    const app = anAppFor(provider);
    const person = anOwner();
    const before = new Date(Date.now() - 3_600_000);
    const first = await aSignedPhone(app, "android", signed(shape, { person, app: "android", at: before }));
    const uploaded = await first.call("PUT", "v1/backups/android", uploading);
    expect({ status: uploaded.status, body: uploaded.body }).toMatchObject({ status: 201 });
    expect(uploaded.body).not.toHaveProperty("warnings");
    const second = await aSignedPhone(app, "ios", signed(shape, { person, app: "ios", at: before }));
    const from = { from: "android" };
    refused(await second.call("POST", "v1/recoveries", recovering(second, from)), "sign-in-too-old");
    second.token = signed(shape, { person, app: "ios", at: new Date() });
    const recovered = await second.call("POST", "v1/recoveries", recovering(second, from));
    expect({ status: recovered.status, body: recovered.body }).toMatchObject({ status: 200 });
  });

  it("F38 R49 R26 without its sign-in time the first upload says so, and a recovery names the claim", async () => {
    const app = anAppFor(provider);
    const who: Signed = { person: anOwner(), app: "android", at: new Date() };
    const phone = await aSignedPhone(app, "android", signed(shape, who, { [shape.time]: undefined }));
    const uploaded = await phone.call("PUT", "v1/backups/android", uploading);
    expect(uploaded).toMatchObject({ status: 201, body: { warnings: ["sign-in-time-unknown"] } });
    const problem = refused(
      await phone.call("POST", "v1/recoveries", recovering(phone)),
      "sign-in-time-missing",
    );
    expect(problem.detail).toContain(shape.time);
    expect(stalenessIn(await phone.call("GET", "v1/backups/android/staleness"))).toMatchObject({
      state: "stale",
      reasons: ["sign-in-time-unknown"],
      indicator: "exclamation",
      nextStep: "none",
    });
  });
});

describe("F22 R49 ID tokens", () => {
  const idTokens = named.filter(([provider]) => entriesOfThePage.get(provider)?.["tokens"] === "id");
  it("F22 R49 are those of Firebase, Google and Apple", () => {
    expect(idTokens.map(([provider]) => provider)).toEqual(["Firebase", "Google", "Apple"]);
  });

  it.each([
    ["Google", "at_hash"],
    ["Apple", "c_hash"],
  ])(
    "F22 R49 one of %s, which %s marks, is refused where the issuer isn't set to take them",
    async (provider) => {
      const shape = shapes[provider] ?? expect.fail("no shape");
      const who: Signed = { person: anOwner(), app: "android", at: new Date() };
      const phone = await aSignedPhone(
        anAppFor(provider, { tokens: "access" }),
        "android",
        signed(shape, who),
      );
      refused(await phone.call("PUT", "v1/backups/android", uploading), "not-signed-in");
    },
  );
});

it("F38 R49 a test's settings replace the app's, with its defaults", () => {
  const { issuers } = load({ IDENTITY_ISSUERS: JSON.stringify([{ ...aTokenIssuer() }]) });
  expect(issuers).toEqual([aTokenIssuer()]);
});
