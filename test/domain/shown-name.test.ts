/** Device names in messages: a stranger chooses them, so they must not carry a message of their own. */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { shownName } from "../../lib/domain/device.ts";
import { holds } from "./holds.ts";

it.each([
  ["Anna's Pixel 9", "Anna's Pixel 9"],
  ["Åsas telefon_2", "Åsas telefon_2"],
  ["go to https://evil.example/x now", "go to https evil example x now"],
  ["call +46 70 123 45 67", "call"],
  ["Zoe\u0308", "Zo\u00eb"],
  ["😀 ☎", "nameless"],
  ["  <b>x</b>\u202e ", "b x b"],
])("R18 R34 %s is shown as %s", (name, shown) => {
  expect(shownName(name, "nameless")).toBe(shown);
});

/** Includes letters outside the basic plane, and lone surrogates. */
const names = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 80 }),
  fc.string({ unit: "binary", maxLength: 80 }),
  fc.string({ unit: fc.constantFrom("a", "\u{20000}", "\ud842", "e\u0301"), maxLength: 80 }),
);

it("R18 no shown name contains a link or a phone number, or is longer than a line", () => {
  holds(
    fc.property(names, (name) => {
      const shown = shownName(name, "nameless");
      expect(Array.from(shown).length).toBeLessThanOrEqual(30);
      expect({ isWellFormed: shown.isWellFormed() }).toEqual({ isWellFormed: true });
      expect(shown).toBe(shown.normalize("NFC"));
      expect(shown.trim()).toMatch(/./u);
      expect(shown).not.toMatch(/[./:@<>&"]/);
      expect(shown.replaceAll(/\D/g, "").length).toBeLessThanOrEqual(6);
    }),
  );
});
