/** Token, device proof and app version: every owner endpoint checks these first. */

import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import * as z from "zod";
import { startIssuer } from "../../../infra/local/issuer/start-issuer.ts";
import { devToken } from "../../../infra/local/tokens.ts";
import type { Endpoint } from "../../../lib/http/pipeline/endpoint.ts";
import { typeOf } from "../../../lib/http/problems/problem.ts";
import { aBackup, nothingYet } from "../../support/builders.ts";
import { aPhone, type CheckedPhone } from "../../support/phones.ts";
import {
  anOwnerWithBackup,
  aRegisteredPhone,
  etagOf,
  expectEachRefused,
  expectRefused,
  placesIn,
  problemIn,
} from "../helpers.ts";
import { type Raw, rawCall } from "../raw.ts";
import { named, ownerEndpoints, sampleOf } from "../requests.ts";

let foreign: Awaited<ReturnType<typeof startIssuer>>;
beforeAll(async () => {
  foreign = await startIssuer({ port: 0 });
});
afterAll(async () => await foreign.close());

const foreignToken = (subject: string, claims: object = {}) => devToken(foreign.url, { subject, claims });

/** In seconds, both ways. */
const OFF = [65, 3 * 3600, 86_400].flatMap((each) => [-each, each]);

/** A valid request of an owner for this endpoint, which tests then spoil. */
async function aRequest(endpoint: Endpoint) {
  const { owner, phone, uploaded } = await anOwnerWithBackup();
  const about = { platform: phone.platform, etag: etagOf(uploaded), device: phone.deviceId };
  const { path, body, headers = {} } = sampleOf(endpoint, about);
  const { method } = endpoint;
  const url = `${inject("surroundings").api}/${path}`;
  const raw = body === undefined ? {} : { body: JSON.stringify(body) };
  const ask = (change: Raw["headers"] = {}) =>
    rawCall(phone, method, path, { ...raw, headers: { ...headers, ...change } });
  const askWithToken = (token: string) =>
    ask({ authorization: `Bearer ${token}`, dpop: phone.proof(method, url, token) });
  return { owner, phone, method, path, url, ask, askWithToken };
}

describe.concurrent.each(named(ownerEndpoints))("%s", (_, endpoint) => {
  it("R4 refuses expired and foreign tokens, an app that is too old or doesn't say its version", async () => {
    const { owner, phone, ask, askWithToken } = await aRequest(endpoint);
    const expired = await phone.signIn(owner, { expiresIn: -60 });
    const foreigns = await foreignToken(owner);
    const forged = await foreignToken(owner, { iss: inject("surroundings").issuer });
    await phone.signIn(owner);
    await expectEachRefused(owner, "not-signed-in", {
      expired: () => askWithToken(expired),
      "another issuer's": () => askWithToken(foreigns),
      "another issuer's in this one's name": () => askWithToken(forged),
    });
    if (!endpoint.tolerates.includes("old-app")) {
      const old = await expectRefused(owner, "app-too-old", () => ask({ "app-version": "android/6.5.9" }));
      expect(old.minimumVersion).toBe("6.6.0");
    }
    const none = await expectRefused(owner, "invalid-request", () => ask({ "app-version": undefined }));
    expect(placesIn(none)).toEqual(["App-Version"]);
  });

  it("R17 refuses a proof for another route, another method or another token, and says so", async () => {
    const { owner, phone, method, url, ask } = await aRequest(endpoint);
    const { token } = phone;
    const otherToken = await (await aPhone({ owner })).signIn(owner);
    const otherUrl = `${inject("surroundings").api}/v1/elsewhere`;
    const asking = (dpop: string) => () => ask({ dpop });
    const told = await expectEachRefused(owner, "proof-invalid", {
      "another route": asking(phone.proof(method, otherUrl, token)),
      "another method": asking(phone.proof(method === "GET" ? "PUT" : "GET", url, token)),
      "another token": asking(phone.proof(method, url, otherToken)),
    });
    const [at, wanted] = [told.map(placesIn), told.map(({ errors }) => errors?.[0]?.detail)];
    expect(at).toEqual([["DPoP claim htu"], ["DPoP claim htm"], ["DPoP claim ath"]]);
    expect(wanted.slice(0, 2)).toEqual([`must be ${url.split("?")[0]}`, `must be ${method}`]);
  });

  it("R17 R31 R32 a wrong clock is told the time and the difference; a corrected proof is accepted", async () => {
    const { owner, phone, method, url, ask } = await aRequest(endpoint);
    const asking = (iat: number) => ask({ dpop: phone.proof(method, url, phone.token, { iat }) });
    let corrected = Number.NaN;
    for (const off of OFF) {
      const iat = Math.floor(Date.now() / 1000) + off;
      const problem = await expectRefused(owner, "clock-skewed", () => asking(iat));
      const { serverTime = "", skewSeconds = Number.NaN } = problem;
      expect(Math.abs(skewSeconds - off), `${off} s off: ${skewSeconds}`).toBeLessThan(10);
      expect(Math.abs(Date.parse(serverTime) - Date.now()), serverTime).toBeLessThan(10_000);
      corrected = iat - skewSeconds;
    }
    const { type } = z
      .looseObject({ type: z.string().optional() })
      .parse((await asking(corrected)).body ?? {});
    expect([typeOf("proof-invalid"), typeOf("clock-skewed")]).not.toContain(type);
  });

  it("R17 R33 without the device's key, nothing is said of time and claims", async () => {
    const { owner, phone, method, url, ask } = await aRequest(endpoint);
    const second = await aRegisteredPhone(owner);
    const bound = await phone.signIn(owner, { claims: { cnf: { jkt: second.deviceId } } });
    const iat = Math.floor(Date.now() / 1000) - 10_800;
    const [good, off] = [{}, { iat }].map((claims) => phone.proof(method, url, phone.token, claims));
    const forged = (proof = "") => `${proof.slice(0, -40)}${"A".repeat(40)}`;
    const authorization = `Bearer ${bound}`;
    const byThief = (claims: object) => phone.proof(method, url, bound, claims);
    const strangers = await expectEachRefused(owner, "proof-invalid", {
      "a forged signature": () => ask({ dpop: forged(good) }),
      "a forged signature and another time": () => ask({ dpop: forged(off) }),
    });
    const thieves = await expectEachRefused(owner, "proof-invalid", {
      "a key that the token isn't bound to": () => ask({ authorization, dpop: byThief({}) }),
      "such a key and another time": () => ask({ authorization, dpop: byThief({ iat, htm: "x" }) }),
    });
    for (const [first, second] of [strangers, thieves]) {
      const { instance: _, ...alike } = first ?? expect.fail("no answer");
      expect(second).toMatchObject(alike);
      expect({ ...second, instance: "" }).toEqual({ ...alike, instance: "" });
      expect(Object.keys(alike)).not.toContain("errors");
    }
  });
});

const list = (phone: CheckedPhone, headers: NonNullable<Raw["headers"]>) =>
  rawCall(phone, "GET", "v1/backups", { headers });
const listUrl = () => `${inject("surroundings").api}/v1/backups`;

describe.concurrent("tokens", () => {
  it("R4 refuses one for someone else, without a subject, not valid yet, or of another kind", async () => {
    const { owner, phone } = await anOwnerWithBackup();
    const wrong = {
      "another audience": { aud: "api://someone-else" },
      "no subject": { sub: null },
      "an empty subject": { sub: "" },
      "not yet valid": { nbf: Math.floor(Date.now() / 1000) + 3600 },
      "an ID token": { at_hash: "n" },
      "a logout token": { events: {} },
      "no expiry": { exp: null },
    };
    const calls = Object.entries(wrong).map(([name, claims]) => {
      const call = async () => {
        const token = await phone.signIn(owner, { claims });
        return await phone.call("GET", "v1/backups", { token });
      };
      return [name, call] as const;
    });
    await expectEachRefused(owner, "not-signed-in", Object.fromEntries(calls));
  });

  it("R4 refuses one without a signature or with a changed one", async () => {
    const { owner, phone } = await anOwnerWithBackup();
    const [, payload = "", signature = ""] = phone.token.split(".");
    const none = Buffer.from(JSON.stringify({ alg: "none", typ: "at+jwt" })).toString("base64url");
    const reversed = [...signature].reverse().join("");
    for (const token of [`${none}.${payload}.`, phone.token.replace(signature, reversed), "x", "a.b.c"]) {
      await expectRefused(owner, "not-signed-in", () => phone.call("GET", "v1/backups", { token }));
    }
  });

  it("R4 refuses an Authorization header without a token, with a challenge", async () => {
    const { owner, phone } = await anOwnerWithBackup();
    for (const authorization of ["", "Bearer", "Basic dXNlcjpwYXNz", "Bearer a b"]) {
      await expectRefused(owner, "not-signed-in", async () => {
        const reply = await list(phone, { authorization });
        expect(reply.headers.get("www-authenticate")).toContain("Bearer");
        return reply;
      });
    }
  });

  it("R4 refuses two Authorization headers", async () => {
    const { owner, phone } = await anOwnerWithBackup();
    const bearer = `Bearer ${phone.token}`;
    await expectRefused(owner, "not-signed-in", () => list(phone, { authorization: [bearer, bearer] }));
  });

  it("R4 accepts the token with either scheme, in any case", async () => {
    const { phone } = await anOwnerWithBackup();
    for (const scheme of ["DPoP", "bearer", "Bearer "]) {
      expect((await list(phone, { authorization: `${scheme} ${phone.token}` })).status).toBe(200);
    }
  });
});

describe.concurrent("proofs", () => {
  it("R32 an app with a wrong clock corrects itself by the answer, without its owner", async () => {
    for (const off of OFF) {
      const now = () => new Date(Date.now() + off * 1000);
      const phone = await aPhone({ now, authTime: new Date() });
      const backedUp = await phone.call("PUT", "v1/backups/android", {
        body: aBackup(),
        headers: nothingYet,
      });
      expect({ off, status: backedUp.status }).toEqual({ off, status: 201 });
    }
  });

  it("R17 refuses one that lacks a part, names another host or type, or isn't signed", async () => {
    const { owner, phone } = await anOwnerWithBackup();
    const asking = (claims: object, header?: object) => () =>
      list(phone, { dpop: phone.proof("GET", listUrl(), phone.token, claims, header) });
    await expectEachRefused(owner, "proof-invalid", {
      "no jti": asking({ jti: undefined }),
      "an empty jti": asking({ jti: "" }),
      "no hash of the token": asking({ ath: undefined }),
      "no time": asking({ iat: undefined }),
      "no method": asking({ htm: undefined }),
      "another host": asking({ htu: "https://api.example/api/v1/backups" }),
      "no address": asking({ htu: "v1/backups" }),
      "another type": asking({}, { typ: "JWT" }),
      "no key": asking({}, { jwk: undefined }),
      "alg none": asking({}, { alg: "none" }),
      "a critical extension that nobody knows": asking({}, { crit: ["other"], other: 1 }),
    });
  });

  it("R17 refuses one that another key has signed", async () => {
    const { owner, phone } = await anOwnerWithBackup();
    const second = await aRegisteredPhone(owner);
    const [header, payload] = phone.proof("GET", listUrl(), phone.token).split(".");
    const signature = second.proof("GET", listUrl(), phone.token).split(".")[2];
    const dpop = [header, payload, signature].join(".");
    await expectRefused(owner, "proof-invalid", () => list(phone, { dpop }));
  });

  it("R17 refuses two DPoP headers, each of which would be valid", async () => {
    const { owner, phone } = await anOwnerWithBackup();
    const proof = () => phone.proof("GET", listUrl(), phone.token);
    await expectRefused(owner, "proof-invalid", () => list(phone, { dpop: [proof(), proof()] }));
  });

  it("R17 says with a challenge that a proof is needed", async () => {
    const { phone } = await anOwnerWithBackup();
    const { headers } = await list(phone, { dpop: "x" });
    expect(headers.get("www-authenticate")).toBe('DPoP error="invalid_dpop_proof", algs="ES256"');
  });

  it("R32 accepts a proof again on a read, which is safe to repeat", async () => {
    const { phone } = await anOwnerWithBackup();
    const dpop = phone.proof("GET", listUrl(), phone.token);
    for (const _ of [1, 2]) expect((await list(phone, { dpop })).status).toBe(200);
  });

  it("R17 accepts a proof for the address with a query or a fragment: neither counts", async () => {
    const { phone } = await anOwnerWithBackup();
    const dpop = phone.proof("GET", listUrl(), phone.token, { htu: `${listUrl()}?a=b#c` });
    expect((await list(phone, { dpop })).status).toBe(200);
  });
});

describe.concurrent("app versions", () => {
  it("R4 refuses anything but a platform and version", async () => {
    const { owner, phone } = await anOwnerWithBackup();
    const words = ["", "6.6.0", "android", "android/", "windows/1.0", "Android/6.6.0", "android/6.6.0-beta"];
    for (const text of [...words, "android/6.6.0.1.2", "android /6.6.0", "android/-1"]) {
      const reply = await list(phone, { "app-version": text });
      expect(placesIn(problemIn(reply)), text).toEqual(["App-Version"]);
    }
    await expectRefused(owner, "invalid-request", () => list(phone, { "app-version": "canary" }));
  });

  it("R4 refuses two App-Version headers", async () => {
    const { owner, phone } = await anOwnerWithBackup();
    const twice = { "app-version": ["android/6.6.0", "android/6.6.0"] };
    await expectRefused(owner, "invalid-request", () => list(phone, twice));
  });

  it("R4 compares versions by their numbers, not as text", async () => {
    const { phone } = await anOwnerWithBackup({ platform: "ios" });
    const asked = async (text: string) => await list(phone, { "app-version": text });
    for (const text of ["ios/5.6.999", "ios/5", "ios/0.0.0.9"]) {
      expect(problemIn(await asked(text)).minimumVersion, text).toBe("5.7.0");
    }
    for (const text of ["ios/5.7", "ios/5.10.0", "ios/6", "android/6.6", "android/6.10.0"]) {
      expect((await asked(text)).status, text).toBe(200);
    }
  });
});
