/** The parameters of codes: secrets as people have them, defaults, and the devices' fingerprint. */
import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { Secret, TOTP } from "otpauth";
import { describe, expect, it } from "vitest";
import { Fingerprint, fingerprintOf, OneTimeCode } from "../../lib/domain/code-parameters.ts";
import { base32 } from "./arbitraries.ts";
import { holds } from "./holds.ts";

const totp = (secret: string) => OneTimeCode.parse({ type: "totp", secret });
const motp = (secret: string) => OneTimeCode.parse({ type: "motp", secret });

describe("R3 secrets as sites show them", () => {
  const canonical = "JBSWY3DPEHPK3PXP";
  it.each([
    ["in capitals", canonical],
    ["in lower case", "jbswy3dpehpk3pxp"],
    ["in groups of four", "jbsw y3dp ehpk 3pxp"],
    ["with dashes", "JBSW-Y3DP-EHPK-3PXP"],
    ["with other dashes", "JBSW\u2013Y3DP\u2014EHPK\u20113PXP"],
    ["with other spaces", "JBSW\u00a0Y3DP\u2009EHPK\u30003PXP"],
    ["with a line break and a tab", "JBSWY3DP\n\tEHPK3PXP\r\n"],
    ["with what can't be seen", "\ufeffJBSW\u200bY3DP\u00adEHPK\u20603PXP"],
    ["padded", "JBSWY3DPEHPK3PXP===="],
  ])("R3 %s: taken, and stored in one spelling", (_, secret) => {
    expect(totp(secret).secret).toBe(canonical);
  });

  it("R3 R13 the stored spelling makes the same codes as another implementation", () => {
    const spelled = fc.record({
      bytes: fc.uint8Array({ minLength: 1, maxLength: 64 }),
      between: fc.constantFrom("", " ", "-", "\u00a0"),
      padding: fc.nat(6),
      isLower: fc.boolean(),
    });
    holds(
      fc.property(spelled, ({ bytes, between, padding, isLower }) => {
        const plain = base32(bytes);
        const typed = (plain.match(/.{1,4}/g) ?? []).join(between) + "=".repeat(padding);
        const { secret } = totp(isLower ? typed.toLowerCase() : typed);
        expect(secret).toBe(plain);
        const codes = [Secret.fromBase32(secret), new Secret({ buffer: new Uint8Array(bytes).buffer })].map(
          (each) => new TOTP({ secret: each }).generate({ timestamp: 0 }),
        );
        expect(codes[0]).toBe(codes[1]);
      }),
    );
  });

  it.each(["AA", "AAA", "AAAAAA", "AAAAAAAAA", "AB", "AA=", "AAAAAAAA========"])(
    "R3 takes %s: decoders drop bits that fill no byte, and padding",
    (secret) => expect(totp(secret).secret).toBe(secret.replace(/=+$/, "")),
  );

  it("R3 hexadecimal digits are stored as written, without separators: some apps hash the text", () => {
    expect(motp("0123 4567-89ab CDEF").secret).toBe("0123456789abCDEF");
    for (const bad of ["", "012", "0g", "0x12", "GEZDGNBV"])
      expect({ bad, isTaken: OneTimeCode.safeParse({ type: "motp", secret: bad }).success }).toEqual({
        bad,
        isTaken: false,
      });
  });
});

describe("R3 types and defaults", () => {
  it("R3 the defaults of the key URI format come back filled in", () => {
    const secret = "JBSWY3DPEHPK3PXP";
    const defaults = { algorithm: "SHA1", digits: 6 };
    expect(totp(secret)).toStrictEqual({ type: "totp", secret, ...defaults, period: 30 });
    const hotp = { type: "hotp", secret, counter: 2 ** 53 - 1 };
    expect(OneTimeCode.parse(hotp)).toStrictEqual({ ...hotp, ...defaults });
    expect({ isTaken: OneTimeCode.safeParse({ type: "hotp", secret }).success }).toEqual({ isTaken: false });
  });

  it.each([
    { type: "steam", secret: "JBSWY3DPEHPK3PXP" },
    { type: "motp", secret: "e3152afee62599c8" },
    { type: "motp", secret: "e3152afee62599c8", pin: "1234" },
    { type: "yandex", secret: "LA2V6KMCGYMWWVEW64RNP3JA3I" },
    { type: "yandex", secret: "LA2V6KMCGYMWWVEW64RNP3JA3I", pin: "7586" },
  ])("R3 takes $type, and a PIN where it has one", (otp) => {
    expect(OneTimeCode.parse(otp)).toStrictEqual(otp);
  });

  it.each(["SHA1", "SHA224", "SHA256", "SHA384", "SHA512", "MD5"])("R3 takes %s", (algorithm) => {
    const otp = { type: "totp", secret: "JBSWY3DPEHPK3PXP", algorithm, digits: 6, period: 30 };
    expect(OneTimeCode.parse(otp)).toStrictEqual(otp);
  });
});

describe("R11 fingerprints", () => {
  const bytes = Buffer.from("48656c6c6f21deadbeef", "hex");
  const secret = "JBSWY3DPEHPK3PXP";
  const made = (...material: unknown[]) =>
    createHash("sha256")
      .update(JSON.stringify(["v1", ...material]))
      .digest()
      .subarray(0, 16)
      .toString("base64url");
  const text = bytes.toString("base64url");

  it.each([
    [{ type: "totp", secret }, made("totp", "SHA1", 6, 30, text)],
    [
      { type: "totp", secret, algorithm: "SHA256", digits: 8, period: 60 },
      made("totp", "SHA256", 8, 60, text),
    ],
    [{ type: "hotp", secret, counter: 7 }, made("hotp", "SHA1", 6, 0, text)],
    [{ type: "steam", secret }, made("steam", "SHA1", 5, 30, text)],
    [{ type: "motp", secret: bytes.toString("hex"), pin: "1" }, made("motp", "MD5", 6, 10, text)],
    [{ type: "yandex", secret, pin: "7586" }, made("yandex", "SHA256", 8, 30, text)],
  ])("R11 of %j", (otp, fingerprint) => {
    expect(fingerprintOf(otp)).toBe(fingerprint);
    expect(Fingerprint.parse(fingerprint)).toBe(fingerprint);
  });

  it("R11 spelling, counter, PIN and unused bits change nothing; anything that changes codes does", () => {
    const same = [
      { type: "totp", secret: "jbsw y3dp ehpk 3pxp==" },
      { type: "totp", secret: `${secret}A`, digits: 6 },
      { type: "totp", secret, ofTheFuture: true },
    ];
    for (const otp of same) expect(fingerprintOf(otp)).toBe(fingerprintOf({ type: "totp", secret }));
    expect(fingerprintOf({ type: "motp", secret: "ABCD" })).toBe(
      fingerprintOf({ type: "motp", secret: "abcd" }),
    );
    const others = [
      { type: "totp", secret },
      { type: "totp", secret: `${secret}AA` },
      { type: "totp", secret, digits: 7 },
      { type: "totp", secret, period: 31 },
      { type: "totp", secret, algorithm: "MD5" },
      { type: "hotp", secret, counter: 0 },
      { type: "steam", secret },
      { type: "yandex", secret },
    ];
    expect(new Set(others.map(fingerprintOf)).size).toBe(others.length);
    for (const unknown of [{ type: "of the future", secret }, undefined, null, {}])
      expect(fingerprintOf(unknown)).toBeUndefined();
  });

  it.each(["", "A".repeat(21), "A".repeat(23), `${"A".repeat(21)}B`, `${"+".repeat(21)}A`])(
    "R11 %s is none",
    (text) => expect({ isTaken: Fingerprint.safeParse(text).success }).toEqual({ isTaken: false }),
  );
});
