/** Other callers: a provider's app by its token, and the sign-in to an account that is to be proven. */
import { describe, expect, it } from "vitest";
import { later, SECOND } from "../../../lib/domain/clock.ts";
import { Failure, type FailureKind } from "../../../lib/domain/failure.ts";
import type { IssuerRole, SignIn } from "../../../lib/domain/owner.ts";
import { requireAccountSignIn, requireSignInTo } from "../../../lib/domain/sign-in.ts";
import { PROVIDER_ROLES, type ProviderRole } from "../../../lib/domain/step-up/provider.ts";
import { authenticateProvider, readAccountSignIn } from "../../../lib/http/pipeline/authenticate.ts";
import { aDeviceId, now } from "../../domain/builders.ts";
import { kindFrom, refusalFrom, refusalOf } from "../../domain/refusals.ts";
import { memoryServices, provider } from "../memory-services.ts";
import { aRequest } from "../requests.ts";

const signIn: SignIn = {
  issuer: "https://personal.example",
  subject: "anna",
  authTime: now,
  authTimeClaim: "auth_time",
  keyThumbprint: undefined,
  userName: "anna@personal.example",
  client: provider.clientId,
  roles: [...PROVIDER_ROLES],
};

/** Services where every token says this, or is refused; `asked` records the requested roles. */
function servicesFor(change: Partial<SignIn> | Failure = {}) {
  const asked: [token: string, role: IssuerRole][] = [];
  const verifyToken = async (token: string, role: IssuerRole): Promise<SignIn> => {
    asked.push([token, role]);
    if (change instanceof Failure) throw change;
    return { ...signIn, ...change };
  };
  const tokenVerifier = { verifyToken, verifyProof: () => expect.fail("asked for a proof") };
  return { asked, services: memoryServices({ tokenVerifier: tokenVerifier }) };
}
const refusing = (kind: FailureKind) => new Failure(kind, "x");

describe("R14 R33 a provider's app", () => {
  const ask = (change: Partial<SignIn> | Failure = {}, role: ProviderRole = "Codes.Verify", headers = {}) => {
    const { services } = servicesFor(change);
    return authenticateProvider(
      `provider:${role}`,
      aRequest({ authorization: "Bearer token-1", ...headers }),
      services,
    );
  };

  it("R33 F22 A14 is known by its token's client, verified as a provider's", async () => {
    const { asked, services } = servicesFor();
    const request = aRequest({ authorization: "Bearer token-1" });
    expect(await authenticateProvider("provider:Codes.Verify", request, services)).toEqual(provider);
    expect(asked).toEqual([["token-1", "provider"]]);
  });

  it("R33 is another app if another issuer has given the same client id", async () => {
    const { services } = servicesFor({ issuer: "https://a.example" });
    const { policy } = services;
    const from = (...issuers: string[]) => ({
      ...services,
      policy: { ...policy, providers: issuers.map((issuer) => ({ ...provider, issuer })) },
    });
    const request = aRequest({ authorization: "Bearer token-1" });
    const asked = (...issuers: string[]) =>
      authenticateProvider("provider:Codes.Verify", request, from(...issuers));
    expect(await asked("https://b.example", "https://a.example")).toMatchObject({
      issuer: "https://a.example",
    });
    expect(await kindFrom(() => asked("https://b.example"))).toBe("role-missing");
  });

  it.each(PROVIDER_ROLES)("R33 with the role %s alone it may do only that", async (role) => {
    for (const wanted of PROVIDER_ROLES) {
      const asked = ask({ roles: [role] }, wanted);
      if (wanted === role) expect(await asked).toEqual(provider);
      else expect(await kindFrom(() => asked)).toBe("role-missing");
    }
  });

  it.each<[string, Partial<SignIn>]>([
    ["no role", { roles: [] }],
    ["a role in other letters", { roles: ["codes.verify"] }],
    ["a role that only begins so", { roles: ["Codes.Verify.All", "provider:Codes.Verify"] }],
    ["no client", { client: undefined }],
    ["an unknown client", { client: "unknown" }],
    ["a client in other letters", { client: "Contoso" }],
    ["a token that is bound to a key", { keyThumbprint: aDeviceId() }],
  ])("R33 is refused with %s, always in the same words", async (_, change) => {
    const { kind, message, details } = await refusalFrom(() => ask(change));
    const alike = { kind: "role-missing", message: "The token's app may not do this.", details: {} };
    expect({ kind, message, details }).toEqual(alike);
  });

  it("R4 without a valid token it isn't signed in", async () => {
    expect(await kindFrom(() => ask({}, "Codes.Verify", { authorization: "Basic YTpi" }))).toBe(
      "not-signed-in",
    );
    expect(await kindFrom(() => ask(refusing("not-signed-in")))).toBe("not-signed-in");
    expect(await kindFrom(() => ask(refusing("identity-unavailable")))).toBe("identity-unavailable");
  });
});

describe("R20 F27 the sign-in to an account", () => {
  const read = (change: Partial<SignIn> | Failure = {}, header: string | undefined = "Bearer token-2") => {
    const { services, asked } = servicesFor(change);
    const headers = header === "" ? {} : { "account-authorization": header };
    return { asked, reading: readAccountSignIn(aRequest(headers), aDeviceId(), services, now) };
  };
  const required = { kind: "account-sign-in-required", details: { maxAgeSeconds: 300 } };

  it("R20 F22 A14 is verified for the account role, and may be left out", async () => {
    const { asked, reading } = read();
    expect(await reading).toEqual(signIn);
    expect(asked).toEqual([["token-2", "account"]]);
    const without = read({}, "");
    expect(await without.reading).toBeUndefined();
    expect(without.asked).toEqual([]);
  });

  it("R20 counts for exactly five minutes, and not a millisecond longer", async () => {
    const authTime = later(now, -300 * SECOND);
    expect(await read({ authTime }).reading).toMatchObject({ authTime });
    const older = read({ authTime: later(authTime, -1) }).reading;
    expect(await refusalFrom(() => older)).toMatchObject(required);
  });

  it.each<[string, Partial<SignIn> | Failure, string?]>([
    ["of no time at all", { authTime: new Date(Number.NaN) }],
    ["of a time that is yet to come", { authTime: later(now, 61 * SECOND) }],
    ["bound to another device's key", { keyThumbprint: aDeviceId("other") }],
    ["that isn't valid", refusing("not-signed-in")],
    ["that is no token", refusing("not-signed-in"), "token-2"],
  ])("R20 one %s: a new one is required, not older than that", async (_, change, header) => {
    expect(await refusalFrom(() => read(change, header).reading)).toMatchObject(required);
  });

  it("R20 R49 of unknown time is refused, naming the missing claim", async () => {
    const problem = await refusalFrom(() => read({ authTime: undefined }).reading);
    expect(problem).toMatchObject({ kind: "sign-in-time-missing", details: { maxAgeSeconds: 300 } });
    expect(problem.message).toContain("auth_time");
  });

  it("R20 bound to this device's key passes", async () => {
    const bound = { keyThumbprint: aDeviceId() };
    expect(await read(bound).reading).toMatchObject(bound);
  });

  it("R32 while its provider doesn't answer, the reply says nothing of the sign-in", async () => {
    expect(await kindFrom(() => read(refusing("identity-unavailable")).reading)).toBe("identity-unavailable");
  });

  const account = { issuer: signIn.issuer, userName: "anna@personal.example" };
  it.each([
    ["as it is", "anna@personal.example", "anna@personal.example"],
    ["in other letters", "Anna@Personal.Example", "anna@personal.EXAMPLE"],
    ["composed in another way", "rene\u0301@personal.example", "ren\u00e9@personal.example"],
  ])("R20 proves the account of its user name, %s", (_, userName, asked) => {
    expect(() => requireSignInTo({ ...account, userName: asked }, { ...signIn, userName })).not.toThrow();
  });

  it.each<[string, Partial<SignIn>]>([
    ["another user's", { userName: "bert@personal.example" }],
    ["nobody's by name", { userName: undefined }],
    ["the same name's at another issuer", { issuer: "https://other.example" }],
    ["the same name's at an issuer with a slash more", { issuer: `${signIn.issuer}/` }],
  ])("R20 %s proves nothing", (_, change) => {
    const refusal = refusalOf(() => requireSignInTo(account, { ...signIn, ...change }));
    expect(refusal.kind).toBe("account-not-proven");
  });

  it("R20 F27 is required if missing", () => {
    expect(refusalOf(() => requireAccountSignIn(undefined, 300))).toMatchObject(required);
    expect(requireAccountSignIn(signIn, 300)).toBe(signIn);
  });
});
