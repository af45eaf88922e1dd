/** Phone numbers of contacts: read in any spelling, and never made into a stranger's. */
import * as fc from "fast-check";
import { getCountries, getExampleNumber } from "libphonenumber-js/mobile";
import examples from "libphonenumber-js/mobile/examples";
import { describe, expect, it } from "vitest";
import { callingCodeOf, phoneNumber } from "../../lib/http/address.ts";
import { holds } from "../domain/holds.ts";
import { detailOf, expectRead, readOrRefused } from "./reading.ts";

/** Tristan da Cunha shares Saint Helena's calling code, and the library can't tell the two apart. */
const countries = getCountries().filter((country) => country !== "TA");
const mobiles = countries.flatMap((country) => getExampleNumber(country, examples)?.number ?? []);
const inScript = (text: string, zero: number) =>
  text.replaceAll(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));

describe("R19 phone numbers", () => {
  it("R19 a mobile of every country is taken as it is", () => {
    expect(mobiles.length).toBeGreaterThan(230);
    expect(mobiles.map((number) => readOrRefused(phoneNumber, number))).toEqual(mobiles);
  });

  it("R19 a digit too many or too few, anywhere, is never made into another number", () => {
    for (const number of mobiles) {
      for (let at = 1; at <= number.length; at++) {
        for (let digit = 0; digit <= 9; digit++) {
          const typed = number.slice(0, at) + digit + number.slice(at);
          expect([typed, "refused"]).toContain(readOrRefused(phoneNumber, typed));
        }
        const typed = number.slice(0, at) + number.slice(at + 1);
        expect([typed, "refused"]).toContain(readOrRefused(phoneNumber, typed));
      }
    }
  });

  it("R19 is the same however it is written", () => {
    const gap = fc.constantFrom(
      ..." \u00a0\u202f\u3000\t.-–—−‐／/",
      "",
      "",
      " - ",
      "\u200e",
      "\u202c",
      "\u200b",
    );
    const written = fc.record({
      number: fc.constantFrom(...mobiles),
      zero: fc.constantFrom(0x30, 0x660, 0x6f0, 0x966, 0xff10),
      plus: fc.constantFrom("+", "＋", "﹢"),
      before: fc.constantFrom("", " ", "\u202a", "tel:", "TEL:", "\u202d "),
      brackets: fc.constantFrom(["", ""], ["(", ")"], ["（", "）"], ["[", "]"]),
      gaps: fc.infiniteStream(gap),
    });
    holds(
      fc.property(written, ({ number, zero, plus, before, brackets, gaps }) => {
        const next = () => gaps.next().value ?? "";
        const [open, close] = brackets;
        const code = callingCodeOf(number);
        const [first, second, ...rest] = Array.from(number.slice(1 + code.length), (digit) => digit + next());
        const inside = `${open}${first}${second}${close}${rest.join("")}`;
        const typed = before + plus + inScript(code + next() + inside, zero);
        expect(phoneNumber(typed)).toBe(number);
      }),
      1000,
    );
  });

  it("R19 the data is current, and numbers that can't get messages are refused", () => {
    expectRead(phoneNumber, {
      "+229 01 97 00 00 00": "+2290197000000",
      "+229 97 00 00 00": "refused",
      "+1 202 555 0123": "+12025550123",
      "+1 800 555 1234": "refused",
      "+44 20 7183 8750": "refused",
      "+800 1234 5678": "refused",
      "+999 123456789": "refused",
    });
  });

  it("R19 a trunk zero is dropped only if it is in brackets", () => {
    expectRead(phoneNumber, {
      "+46 (0)70-123 45 67": "+46701234567",
      "+44 (0) 7911 123456": "+447911123456",
      "+46 (0)70-123 45 678": "refused",
      "+46 070-123 45 67": "refused",
      "+225 (0)7 08 09 10 11": "+2250708091011",
    });
  });

  it("R19 an ambiguous number is refused", () => {
    expectRead(phoneNumber, {
      "0046 70 123 45 67": "refused",
      "070 123 45 67": "refused",
      "46701234567": "refused",
      "+46701234567+": "refused",
      "+46701234567, 12": "refused",
      "+46701234567 x3": "refused",
      "+46701234567;ext=3": "refused",
      "+46 70 123 45 6²": "refused",
      "tel:": "refused",
      "": "refused",
    });
    expect(detailOf(phoneNumber, "0046 70 123 45 67")).toMatch(/00/);
  });

  it("F20 R19 any input is a number with the typed digits, or refused", () => {
    const digits = fc.string({ unit: fc.constantFrom(..."0123456789+()-. x"), maxLength: 24 });
    holds(
      fc.property(
        fc.oneof(
          digits,
          digits.map((text) => `+${text}`),
        ),
        (typed) => {
          const read = readOrRefused(phoneNumber, typed);
          if (read === "refused") return;
          expect(phoneNumber(read)).toBe(read);
          const all = typed.replaceAll(/\D/g, "");
          const withoutZero = typed.replaceAll(/[ .-]/g, "").replace("(0)", "").replaceAll(/\D/g, "");
          expect([all, withoutZero]).toContain(read.slice(1));
        },
      ),
      2000,
    );
  });

  it("F28 a number stored before its country changed still counts for that country", () => {
    expect(callingCodeOf("+22997000000")).toBe("229");
    expect(callingCodeOf("+46701234567")).toBe("46");
    expect(callingCodeOf("no number")).toBe("");
  });

  it("F20 R19 the longest input is read at once", () => {
    const startedAt = performance.now();
    for (const text of ["+", "1", "(0)", "٣", "\u202a", " ", "-"])
      readOrRefused(phoneNumber, text.repeat(500));
    expect(performance.now() - startedAt).toBeLessThan(200);
  });
});
