/** An identity provider's keys: fetched by discovery, cached, fetched again at most once a minute. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { accessTokenVerifier } from "../../lib/oidc/access-token.ts";
import { kindFrom, refusalFrom } from "../domain/refusals.ts";
import { aTokenIssuer, type LoopbackIssuer, startLoopbackIssuer } from "./loopback-issuer.ts";
import { ecKey, jwtOf, publicJwk, signers } from "./signed-jwt.ts";

const audience = "api://authenticator-backup";
const MINUTE = 60_000;
const [first, second] = [ecKey(), ecKey()];
const jwkOf = ({ publicKey }: typeof first, kid: string) => ({ ...publicJwk(publicKey), kid });

let issuer: LoopbackIssuer;
let clock: Date;
let verifyAs: ReturnType<typeof accessTokenVerifier>;
const verify = (token: string) => verifyAs(token, "recovery");

const known = ({ url }: LoopbackIssuer) => aTokenIssuer({ issuer: url, audience: [audience] });

beforeEach(async () => {
  clock = new Date("2026-05-04T10:00:00.000Z");
  issuer = await startLoopbackIssuer([jwkOf(first, "first")]);
  verifyAs = accessTokenVerifier([known(issuer)], () => clock);
});
afterEach(() => issuer.close());

const pass = (milliseconds: number) => {
  clock = new Date(clock.getTime() + milliseconds);
};
const aToken = (kid: string, key = first) => {
  const iat = Math.floor(clock.getTime() / 1000);
  const claims = { iss: issuer.url, aud: audience, sub: "anna", iat, exp: iat + 3600 };
  return jwtOf({ alg: "ES256", kid }, claims, signers.ES256(key.privateKey));
};
const signIn = (kid = "first", key = first) => verify(aToken(kid, key));

describe("F22 R4 keys are fetched seldom", () => {
  it("F22 R4 fifty tokens at once on a cold instance make one fetch", async () => {
    await Promise.all(Array.from({ length: 50 }, () => signIn()));
    expect(issuer.fetched).toEqual({ discovery: 1, keys: 1 });
  });

  it("F22 R4 unknown keys make at most one fetch a minute, however many tokens name them", async () => {
    await signIn();
    for (const [passed, fetched] of [
      [0, 1],
      [59_999, 1],
      [1, 2],
      [0, 2],
      [MINUTE - 1, 2],
      [1, 3],
    ] as const) {
      pass(passed);
      const kinds = Array.from({ length: 20 }, (_, index) => kindFrom(() => signIn(`unknown-${index}`)));
      expect(new Set(await Promise.all(kinds))).toEqual(new Set(["not-signed-in"]));
      expect(issuer.fetched).toEqual({ discovery: fetched, keys: fetched });
    }
  });

  it("F22 R4 known keys are fetched again once an hour, so that a withdrawn one stops counting", async () => {
    await signIn();
    issuer.answers.keys = [jwkOf(second, "second")];
    pass(60 * MINUTE - 1);
    expect(await signIn()).toMatchObject({ subject: "anna" });
    pass(1);
    expect(await kindFrom(() => signIn())).toBe("not-signed-in");
    expect(issuer.fetched.keys).toBe(2);
  });

  it("F22 R4 a new key is found as soon as the minute is over", async () => {
    await signIn();
    issuer.answers.keys = [jwkOf(first, "first"), jwkOf(second, "second")];
    pass(MINUTE - 1);
    expect(await kindFrom(() => signIn("second", second))).toBe("not-signed-in");
    pass(1);
    expect(await signIn("second", second)).toMatchObject({ subject: "anna" });
    expect(await signIn("first", first)).toMatchObject({ subject: "anna" });
  });
});

describe("R32 the identity provider is out of reach", () => {
  it("R32 at first: every call is told to retry, and it works once the provider answers", async () => {
    issuer.answers.status = 503;
    const failure = await refusalFrom(() => signIn());
    expect(failure).toMatchObject({ kind: "identity-unavailable", details: { retryAfterSeconds: 60 } });
    expect(await kindFrom(() => signIn())).toBe("identity-unavailable");
    expect(issuer.fetched.discovery).toBe(1);
    issuer.answers.status = 200;
    pass(MINUTE);
    expect(await signIn()).toMatchObject({ subject: "anna" });
  });

  it("R32 later: known keys still count, for as long as it lasts", async () => {
    await signIn();
    issuer.answers.status = 500;
    for (const passed of [MINUTE, 60 * MINUTE, 24 * 60 * MINUTE]) {
      pass(passed);
      expect(await signIn()).toMatchObject({ subject: "anna" });
      expect(await kindFrom(() => signIn("unknown"))).toBe("not-signed-in");
    }
  });

  it("R32 nobody listens there at all", async () => {
    const token = aToken("first");
    await issuer.close();
    expect(await kindFrom(() => verify(token))).toBe("identity-unavailable");
  });
});

describe("F22 R4 the identity provider's answers must match its name", () => {
  it.each<[string, () => Partial<LoopbackIssuer["answers"]>]>([
    ["names another issuer", () => ({ issuer: "https://attacker.example" })],
    ["names itself with a slash more", () => ({ issuer: `${issuer.url}/` })],
    ["has keys that are no JSON", () => ({ keysText: "<html>" })],
    ["has no list of keys", () => ({ keysText: "{}" })],
  ])("F22 R4 it isn't taken where it %s", async (_, answers) => {
    Object.assign(issuer.answers, answers());
    expect(await kindFrom(() => signIn())).toBe("identity-unavailable");
  });

  it("F22 R4 a redirect to another address is refused, whatever that address answers", async () => {
    const other = await startLoopbackIssuer([jwkOf(first, "first")]);
    other.answers.issuer = issuer.url;
    issuer.answers.redirect = other.url;
    expect(await kindFrom(() => signIn())).toBe("identity-unavailable");
    expect(other.fetched).toEqual({ discovery: 0, keys: 0 });
    await other.close();
  });

  it("F22 R4 R33 the keys of one provider don't sign for another", async () => {
    const other = await startLoopbackIssuer([jwkOf(second, "first")]);
    verifyAs = accessTokenVerifier([issuer, other].map(known), () => clock);
    expect(await signIn("first", first)).toMatchObject({ issuer: issuer.url });
    expect(await kindFrom(() => signIn("first", second))).toBe("not-signed-in");
    await other.close();
  });
});
