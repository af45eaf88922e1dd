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
  ["  <b>x</b>\u202e ", "b x b"],
])("R18 R34 %s is shown as %s", (name, shown) => {
  expect(shownName(name)).toBe(shown);
});

it("R18 no shown name has a link or a number to call in it, or is longer than a line", () => {
  holds(
    fc.property(fc.string({ unit: "grapheme", maxLength: 80 }), (name) => {
      const shown = shownName(name);
      expect(shown.length).toBeLessThanOrEqual(30);
      expect(shown).not.toMatch(/[./:@<>&"]/);
      expect(shown.replaceAll(/\D/g, "").length).toBeLessThanOrEqual(6);
    }),
  );
});
