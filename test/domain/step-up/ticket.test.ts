/** Tickets: codes that can't be guessed and are easily typed, redeemed once, for one account. */
import * as fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { grouped, newTicketCode, qrText, readTicketCode } from "../../../lib/domain/step-up/ticket.ts";
import { holds } from "../holds.ts";

/** Crockford's base 32. */
const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".split("");
/** Random data, with a check character that is accepted for it. */
const codes = fc
  .array(fc.constantFrom(...LETTERS), { minLength: 27, maxLength: 27 })
  .map((data) => LETTERS.map((check) => data.join("") + check).filter((code) => readTicketCode(code)))
  .filter((accepted) => accepted.length > 0)
  .map(([code = ""]) => code);

const inPlace = (code: string, at: number, text: string) =>
  code.slice(0, at) + text + code.slice(at + text.length);

afterEach(() => void vi.restoreAllMocks());

describe("F6 R21 codes of tickets", () => {
  it("F6 R21 hold 135 random bits: 27 of 32 letters, each as likely as any other, and one to check them", () => {
    const made = Array.from({ length: 10_000 }, newTicketCode);
    expect(made.filter((code) => !/^[0-9A-HJKMNP-TV-Z]{28}$/.test(code))).toEqual([]);
    expect(new Set(made).size).toBe(made.length);
    for (let at = 0; at < 27; at++) {
      const counts = new Map<string, number>();
      for (const code of made) counts.set(code.charAt(at), (counts.get(code.charAt(at)) ?? 0) + 1);
      const [expected, chiSquare] = [made.length / 32, (n: number) => (n - made.length / 32) ** 2 / expected];
      const sum = LETTERS.reduce((total, letter) => total + chiSquare(counts.get(letter) ?? 0), 0);
      /** 31 degrees of freedom: passed by chance once in a hundred million. */
      expect(sum).toBeLessThan(95);
    }
  });

  it("F6 R21 don't depend on Math.random", () => {
    const random = vi.spyOn(Math, "random").mockReturnValue(0);
    expect(new Set(Array.from({ length: 100 }, newTicketCode)).size).toBe(100);
    expect(random).not.toHaveBeenCalled();
  });

  it("R22 R23 the check is Crockford's, for good: printed codes stay valid for years", () => {
    const numberOf = (data: string) =>
      Array.from(data).reduce((sum, letter) => sum * 32n + BigInt(LETTERS.indexOf(letter)), 0n);
    for (let n = 0; n < 200; n++) {
      const code = newTicketCode();
      expect(LETTERS.indexOf(code.slice(-1))).toBe(Number(numberOf(code.slice(0, -1)) % 37n));
    }
  });

  it("R22 at most one check character fits", () => {
    holds(
      fc.property(fc.array(fc.constantFrom(...LETTERS), { minLength: 27, maxLength: 27 }), (data) => {
        const accepted = LETTERS.filter((check) => readTicketCode(data.join("") + check) !== undefined);
        expect(accepted.length).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe("R22 typing a code by hand", () => {
  it("R22 reads its own codes, as made and as shown in groups", () => {
    for (let n = 0; n < 1000; n++) {
      const code = newTicketCode();
      expect(readTicketCode(code)).toBe(code);
      expect(grouped(code)).toMatch(/^([0-9A-Z]{4}-){6}[0-9A-Z]{4}$/);
      expect(readTicketCode(grouped(code))).toBe(code);
    }
  });

  it("R22 case, O for 0, I and L for 1, spaces and dashes anywhere don't matter", () => {
    const alike: Record<string, string[]> = { 0: ["0", "O", "o"], 1: ["1", "I", "i", "L", "l"] };
    const gaps = ["", "", "", " ", "-", " - ", "\t", "\u00a0", "\n", "--"];
    holds(
      fc.property(codes, fc.infiniteStream(fc.nat()), (code, choices) => {
        const choose = (from: string[]) => from[(choices.next().value ?? 0) % from.length] ?? "";
        const typed = code
          .split("")
          .map((letter) => choose(gaps) + choose(alike[letter] ?? [letter, letter.toLowerCase()]))
          .join("");
        expect(readTicketCode(typed + choose(gaps))).toBe(code);
      }),
      500,
    );
  });

  it("R22 a dash is accepted however a phone or a printer writes it", () => {
    const code = newTicketCode();
    for (const dash of ["-", "\u2010", "\u2011", "\u2012", "–", "—", "\u2212"]) {
      expect(readTicketCode(grouped(code).replaceAll("-", dash)), JSON.stringify(dash)).toBe(code);
    }
  });

  it("R22 full-width letters, other scripts' digits and marks around it don't matter", () => {
    const wide = (code: string) =>
      code.replaceAll(/[0-9A-Z]/g, (letter) => String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfee0));
    const arabic = (code: string) =>
      code.replaceAll(/\d/g, (digit) => String.fromCodePoint(0x660 + Number(digit)));
    const written = [
      wide,
      arabic,
      (code: string) => `“${grouped(code)}”.`,
      (code: string) => `\u202a(${code})\u202c`,
    ];
    holds(
      fc.property(codes, fc.constantFrom(...written), (code, write) => {
        expect(readTicketCode(write(code))).toBe(code);
      }),
    );
  });

  it("R21 R22 a whole activation address counts as its code, whatever was copied with it", () => {
    holds(
      fc.property(codes, fc.webUrl({ withQueryParameters: true }), (code, address) => {
        const text = qrText(address, code);
        const turned = `authenticator:activate?code=${grouped(code)}&address=${encodeURIComponent(address)}`;
        const typed = [text, `<${text}>`, `“${text}”.`, `Open ${text} within ten minutes`, turned];
        const html = text.replaceAll("&", "&amp;");
        const wrapped = text.replace(grouped(code), grouped(code).replace("-", "-\r\n"));
        for (const each of [...typed, html, wrapped, text.replaceAll("-", "%2D"), text.toUpperCase()])
          expect(readTicketCode(each), each).toBe(code);
      }),
    );
  });

  it("R22 a mistyped code in an activation address is noticed", () => {
    const [code, other] = [newTicketCode(), newTicketCode()];
    const [wrong, short] = [inPlace(code, 3, code.charAt(3) === "7" ? "8" : "7"), code.slice(1)];
    for (const typed of [qrText("https://api.example", wrong), qrText("https://api.example", short)])
      expect(readTicketCode(typed), typed).toBeUndefined();
    expect(readTicketCode(`${grouped(code)} ${grouped(other)}`)).toBeUndefined();
  });

  it("R22 any single wrong character is noticed", () => {
    holds(
      fc.property(codes, (code) => {
        for (let at = 0; at < code.length; at++) {
          for (const letter of LETTERS.filter((other) => other !== code.charAt(at))) {
            expect(readTicketCode(inPlace(code, at, letter))).toBeUndefined();
          }
        }
      }),
      30,
    );
  });

  it("R22 any swap of two different neighbours is noticed", () => {
    holds(
      fc.property(codes, (code) => {
        for (let at = 0; at < code.length - 1; at++) {
          const [first, second] = [code.charAt(at), code.charAt(at + 1)];
          const isRead = readTicketCode(inPlace(code, at, second + first)) !== undefined;
          expect(isRead).toBe(first === second);
        }
      }),
      500,
    );
  });

  it("R22 a character too few or too many is noticed", () => {
    holds(
      fc.property(codes, fc.nat({ max: 27 }), fc.constantFrom(...LETTERS), (code, at, more) => {
        expect(readTicketCode(code.slice(0, at) + code.slice(at + 1))).toBeUndefined();
        expect(readTicketCode(code.slice(0, at) + more + code.slice(at))).toBeUndefined();
      }),
    );
  });

  it("F20 R22 whatever is typed is read as a whole code or not at all", () => {
    const odd = fc.oneof(
      fc.string({ unit: "binary", maxLength: 100 }),
      fc
        .tuple(codes, fc.nat({ max: 27 }), fc.string({ unit: "binary", minLength: 1, maxLength: 1 }))
        .map(([code, at, text]) => inPlace(code, at, text)),
    );
    holds(
      fc.property(odd, (typed) => {
        const code = readTicketCode(typed);
        if (code !== undefined) expect(readTicketCode(code)).toBe(code);
        if (code !== undefined) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{28}$/);
      }),
      1000,
    );
    for (const typed of ["", "-", "U".repeat(28), "0".repeat(29), "code=", "?code=", "?code=%"]) {
      expect(readTicketCode(typed)).toBeUndefined();
    }
  });
});

describe("R21 the content of a QR code", () => {
  it("R21 is the address and the code, and nothing about the account", () => {
    const code = newTicketCode();
    const { protocol, pathname, searchParams, hash } = new URL(qrText("https://api.example/a?b=c&d#e", code));
    expect({ protocol, pathname, hash }).toEqual({
      protocol: "authenticator:",
      pathname: "activate",
      hash: "",
    });
    expect([...searchParams]).toEqual([
      ["address", "https://api.example/a?b=c&d#e"],
      ["code", grouped(code)],
    ]);
  });
});
