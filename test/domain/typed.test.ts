/** Text that people type or copy: digits of every script count, surrounding characters don't. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codeTyped, withPlainDigits } from "../../lib/domain/typed.ts";
import { holds } from "./holds.ts";

/** Zeros of scripts that people write in, and of some that are neighbours in Unicode. */
const ZEROS = [0x30, 0x660, 0x6f0, 0x966, 0x9e6, 0xbe6, 0xe50, 0x1040, 0x17e0, 0x1a80, 0x1a90, 0xff10];
const MATHEMATICAL = [0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6];
const zeros = fc.constantFrom(...ZEROS, ...MATHEMATICAL);
const around = fc.constantFrom(
  ..." \t\n\u00a0\u2007\u202f\u3000-–—−‐_'\"“”„«»‘’`´()[]{}<>（）「」.,;:!?…。、，؟।*",
  ...["\u200b", "\u200e", "\u200f", "\u202a", "\u202c", "\u2066", "\u2069", "\ufeff", "\u00ad", "\ufe0f"],
);
const surroundings = fc.array(around, { maxLength: 3 }).map((marks) => marks.join(""));

describe("R24 R22 what people type", () => {
  it("R24 every digit of Unicode is read as its value", () => {
    const digits = Array.from({ length: 0x110000 }, (_, point) => point)
      .filter((point) => point < 0xd800 || point > 0xdfff)
      .map((point) => String.fromCodePoint(point))
      .filter((letter) => /\p{Nd}/u.test(letter));
    expect(digits.length).toBeGreaterThan(600);
    expect(withPlainDigits(digits.join(""))).toBe("0123456789".repeat(digits.length / 10));
  });

  it("R24 F20 in any script, with anything around and between, a code is its digits", () => {
    const digit = fc.tuple(fc.nat({ max: 9 }), zeros, surroundings);
    holds(
      fc.property(surroundings, fc.array(digit, { minLength: 1, maxLength: 10 }), (before, digits) => {
        const typed = digits.map(([value, zero, after]) => String.fromCodePoint(zero + value) + after);
        expect(codeTyped(before + typed.join(""))).toBe(digits.map(([value]) => value).join(""));
      }),
      1000,
    );
  });

  it("R24 letters and signs that are no digits stay, so that they are refused", () => {
    for (const text of [
      "12345a",
      "12345а",
      "①②③④⑤⑥",
      "12345½",
      "12345²",
      "+123456",
      "1=23456",
      "12345\ud800",
    ])
      expect(codeTyped(text), JSON.stringify(text)).toBe(text);
  });

  it("R24 F20 reading twice changes nothing", () => {
    holds(
      fc.property(fc.string({ unit: "binary", maxLength: 100 }), (text) => {
        expect(codeTyped(codeTyped(text))).toBe(codeTyped(text));
      }),
      500,
    );
  });
});
