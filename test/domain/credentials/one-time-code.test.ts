/** One-time codes: the standards' own vectors, and what an app makes of the URI. */
import * as fc from "fast-check";
import { TOTP, URI } from "otpauth";
import { describe, expect, it } from "vitest";
import { DeviceBoundAccount } from "../../../lib/domain/account.ts";
import { hotp, newSecret, otpauthUri, stepAt } from "../../../lib/domain/credentials/one-time-code.ts";
import { holds } from "../holds.ts";

const at = (seconds: number) => new Date(seconds * 1000);
const rfcSecret = Buffer.from("12345678901234567890");
const secrets = fc.uint8Array({ minLength: 1, maxLength: 64 });
/** From the epoch to the year 5138. */
const times = fc.integer({ min: 0, max: 100_000_000_000 }).map(at);
/** What an app makes of the URI. */
function parsed(uri: string): TOTP {
  const totp = URI.parse(uri);
  return totp instanceof TOTP ? totp : expect.fail("no TOTP");
}

describe("F21 R14 codes", () => {
  it("F21 R14 are those of RFC 4226 Appendix D", () => {
    const expected = ["755224", "287082", "359152", "969429", "338314"];
    expected.push("254676", "287922", "162583", "399871", "520489");
    expect(expected.map((_, counter) => hotp(rfcSecret, counter))).toEqual(expected);
  });

  it("F21 a step begins at every full half minute", () => {
    expect([0, 29.999, 30, 59.999, 60].map((seconds) => stepAt(at(seconds)))).toEqual([0, 0, 1, 1, 2]);
  });
});

describe("R14 secrets", () => {
  it("R14 RFC 4226 §4 R6 are 160 bits, never the same twice", () => {
    const made = Array.from({ length: 1000 }, newSecret);
    expect(made.filter((secret) => secret.length !== 20)).toEqual([]);
    expect(new Set(made.map((secret) => secret.toString("hex"))).size).toBe(1000);
  });
});

describe("R14 otpauth URIs", () => {
  const names = fc
    .tuple(fc.string({ unit: "binary", minLength: 1 }), fc.string({ unit: "grapheme", minLength: 1 }))
    .map(([issuer, userName]) => ({ kind: "personal" as const, issuer, userName }))
    .filter((account) => DeviceBoundAccount.safeParse(account).success);

  const expectSame = (name: { issuer: string; userName: string }, secret: Uint8Array) => {
    const uri = otpauthUri(name, secret);
    const { searchParams, hash } = new URL(uri);
    expect([...searchParams.keys(), hash]).toEqual(["issuer", "secret", "algorithm", "digits", "period", ""]);
    const { algorithm, digits, period, issuer, label, ...app } = parsed(uri);
    expect({ algorithm, digits, period }).toEqual({ algorithm: "SHA1", digits: 6, period: 30 });
    expect({ issuer, label }).toEqual({ issuer: name.issuer, label: name.userName });
    expect(Buffer.from(app.secret.bytes)).toEqual(Buffer.from(secret));
  };

  it.each([
    ["https://login.example", "anna@example.com"],
    ["a:b", "c d"],
    ["a b", "c:d"],
    ["%3A", "100 %"],
    ["a/b?c#d&e=f+g", "x/y?z#w&v=u+t"],
    ["Ålands Sparbank", "Zoë 張偉 👩‍👩‍👧"],
    [" leading", "trailing "],
    ["\u202eright to left", "é e\u0301"],
    [`"'<>\\`, "`{}|^"],
  ])("R14 issuer %j, user name %j reach an app whole, with the same codes", (issuer, userName) => {
    expectSame({ issuer, userName }, rfcSecret);
  });

  it("R14 any names reach an app whole, unless both hold a colon", () => {
    const isPlain = ({ issuer, userName }: { issuer: string; userName: string }) =>
      !(issuer.includes(":") && userName.includes(":"));
    holds(
      fc.property(names.filter(isPlain), fc.uint8Array({ minLength: 20, maxLength: 20 }), expectSame),
      500,
    );
  });

  it("R14 whatever the names, an app shows the codes that are accepted", () => {
    const odd = fc.tuple(fc.constantFrom(":", "a:", ":b", "%3A"), fc.constantFrom(":", "c:d", "%:"));
    holds(
      fc.property(
        fc.oneof(
          names,
          odd.map(([issuer, userName]) => ({ issuer, userName })),
        ),
        secrets,
        times,
        (name, secret, time) => {
          const app = parsed(otpauthUri(name, secret));
          expect(app.generate({ timestamp: time.getTime() })).toBe(hotp(secret, stepAt(time)));
        },
      ),
      500,
    );
  });
});
