/** Tokens without a sign-in time: reported at once by name, until the first token that has one. */
import { readFileSync } from "node:fs";
import { describe, expect, inject, it, vi } from "vitest";
import * as z from "zod";
import type { Reply } from "../../infra/local/phone.ts";
import { aBackup, nothingYet } from "../support/builders.ts";
import { anOwner, aPhone, type CheckedPhone } from "../support/phones.ts";
import { aProviderToken } from "../support/tokens.ts";
import { etagOf, recovering, refused, stalenessIn, statusIn } from "./helpers.ts";

const untold = { authTime: null };

/** A phone whose tokens lack the sign-in time; its provider may be mended later. */
async function aPhoneOfUnknownSignIn(owner = anOwner()): Promise<{ owner: string; phone: CheckedPhone }> {
  const phone = await aPhone({ owner });
  await phone.signIn(owner, untold);
  return { owner, phone };
}

const put = (phone: CheckedPhone, headers: Record<string, string> = nothingYet) =>
  phone.call("PUT", "v1/backups/android", { body: aBackup(), headers });
const replacing = (reply: Reply) => ({ "if-match": etagOf(reply) });
const staleness = async (phone: CheckedPhone) => {
  const reply = await phone.call("GET", "v1/backups/android/staleness");
  const { state, reasons, indicator, nextStep } = stalenessIn(reply);
  return { state, reasons, indicator, nextStep };
};
const warned = { warnings: ["sign-in-time-unknown"] };
const unknown = {
  state: "stale",
  reasons: ["sign-in-time-unknown"],
  indicator: "exclamation",
  nextStep: "none",
};
const fresh = { state: "fresh", reasons: [], indicator: "none", nextStep: "none" };

describe.concurrent("a sign-in time that is missing", () => {
  it("R49 R26 is reported by each upload and by staleness; no time is invented", async () => {
    const { phone } = await aPhoneOfUnknownSignIn();
    const first = await put(phone);
    expect(first).toMatchObject({ status: 201, body: warned });
    const second = await put(phone, replacing(first));
    expect(second).toMatchObject({ status: 200, body: warned });
    const status = statusIn(await phone.call("GET", "v1/backups/android"));
    expect(status).not.toHaveProperty("confirmedAt");
    expect(status.staleness).toEqual(unknown);
    expect(await staleness(phone)).toEqual(unknown);
  });

  it("R49 R26 R28 ends as soon as the provider is mended, for good", async () => {
    const { owner, phone } = await aPhoneOfUnknownSignIn();
    const first = await put(phone);
    await phone.signIn(owner);
    expect(await staleness(phone)).toEqual(fresh);
    const second = await put(phone, replacing(first));
    expect(second.body).not.toHaveProperty("warnings");
    await phone.signIn(owner, untold);
    expect(await staleness(phone)).toEqual(fresh);
    expect((await put(phone, replacing(second))).body).not.toHaveProperty("warnings");
  });

  it("R49 R10 stops nobody's recovery once a token has it", async () => {
    const { owner, phone } = await aPhoneOfUnknownSignIn();
    await put(phone);
    const next = await aPhone({ owner });
    const told = next.token;
    await next.signIn(owner, untold);
    const problem = refused(
      await next.call("POST", "v1/recoveries", recovering(next)),
      "sign-in-time-missing",
    );
    expect(problem).toMatchObject({ status: 403, retry: "after-change", maxAgeSeconds: 600 });
    expect(problem.remedy).toContain("`auth_time`");
    next.token = told;
    expect((await next.call("POST", "v1/recoveries", recovering(next))).status).toBe(200);
    expect(await staleness(phone)).toEqual(fresh);
  });

  it("R49 an impossible time counts as none", async () => {
    const { owner, phone } = await aPhoneOfUnknownSignIn();
    await put(phone);
    for (const auth_time of [0, -1, "yesterday", 99_999_999_999, { at: 1 }, [1]]) {
      await phone.signIn(owner, { claims: { auth_time } });
      expect({ auth_time, ...(await staleness(phone)) }).toEqual({ auth_time, ...unknown });
    }
    await phone.signIn(owner, { claims: { auth_time: new Date().toISOString() } });
    expect(await staleness(phone)).toEqual(fresh);
  });
});

const Line = z.object({
  requestId: z.string(),
  problem: z.string().optional(),
  cause: z.object({ name: z.string(), code: z.string() }).optional(),
});

/** The operator's log line of that request. */
async function lineOf({ headers }: Reply): Promise<z.infer<typeof Line>> {
  const id = headers.get("x-request-id") ?? "";
  const found = () =>
    readFileSync(inject("surroundings").hostLog, "utf8")
      .split("\n")
      .find((line) => line.includes(`{"requestId":"${id}"`)) ?? expect.fail("no line yet");
  const line = await vi.waitFor(found, { timeout: 5000, interval: 20 });
  return Line.parse(JSON.parse(line.slice(line.indexOf("{"))));
}

describe("R49 R34 the operator's log says which check a refused token failed", () => {
  it.each<[string, Record<string, unknown>]>([
    ["aud", { audience: "canary-audience" }],
    ["exp", { expiresIn: -60 }],
    ["iss", { claims: { iss: "https://canary.example" } }],
    ["sub", { claims: { sub: null } }],
    ["id-token", { claims: { at_hash: "canary" } }],
    ["logout-token", { claims: { events: { canary: {} } } }],
    ["typ", { typ: "logout+jwt" }],
    ["cnf", { claims: { cnf: { kid: "canary" } } }],
    ["nbf", { claims: { nbf: Math.floor(Date.now() / 1000) + 900 } }],
  ])("R49 R34 %s", async (code, claims) => {
    const phone = await aPhone();
    await phone.signIn(anOwner(), claims);
    const reply = await put(phone);
    refused(reply, "not-signed-in");
    const line = await lineOf(reply);
    expect(line).toMatchObject({ problem: "not-signed-in", cause: { name: "TokenRefusal", code } });
    expect(JSON.stringify(line)).not.toContain("canary");
  });

  it("R49 R34 the same for an unstated fresh sign-in", async () => {
    const { phone } = await aPhoneOfUnknownSignIn();
    const reply = await phone.call("POST", "v1/recoveries", recovering(phone));
    refused(reply, "sign-in-time-missing");
    expect(await lineOf(reply)).toMatchObject({ cause: { code: "auth_time" } });
  });

  it.each([
    ["client", "canary-app", ["Codes.Verify"]],
    ["roles", "contoso-sign-in", []],
  ])("R49 R34 of an app that may not do it: %s", async (code, client, roles) => {
    const phone = await aPhone();
    const body = {
      account: { kind: "personal", issuer: "https://a.example", userName: "a" },
      code: "123456",
    };
    const token = await aProviderToken(client, ...roles);
    const reply = await phone.call("POST", "v1/codes/verify", { body, token });
    refused(reply, "role-missing");
    expect(await lineOf(reply)).toMatchObject({ cause: { name: "TokenRefusal", code } });
  });

  it("F22 R33 a person's token with a scope of any shape never passes as an app", async () => {
    const phone = await aPhone();
    const body = {
      account: { kind: "personal", issuer: "https://a.example", userName: "a" },
      code: "123456",
    };
    for (const scope of ["", "backup", [], ["backup"], {}, 0, false]) {
      for (const name of ["scp", "scope"]) {
        const claims = { client_id: "personal-sign-in", [name]: scope };
        const token = await phone.signIn("personal-sign-in", { roles: ["Codes.Verify"], claims });
        refused(await phone.call("POST", "v1/codes/verify", { body, token }), "role-missing");
      }
    }
  });
});
