/** Comparing keyed hashes: only equal texts match, whatever they contain. */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { sameHash } from "../../../lib/domain/sealing/keyed-hash.ts";
import { holds } from "../holds.ts";

it("R24 two are the same only if every character is", () => {
  const text = fc.string({ unit: "binary", maxLength: 8 });
  holds(
    fc.property(
      fc.oneof(
        fc.tuple(text, text),
        text.map((same) => [same, same] as const),
      ),
      ([a, b]) => {
        expect(sameHash(a, b)).toBe(a === b);
      },
    ),
    1000,
  );
});

it("F20 R24 texts of equal length with different numbers of bytes are compared without a fault", () => {
  expect({
    fullWidth: sameHash("１２３４５６", "123456"),
    accent: sameHash("é", "e"),
  }).toEqual({ fullWidth: false, accent: false });
});

it("R24 a flipped bit, or one character less or more, is another hash", () => {
  const hash = "A".repeat(43);
  const flipped = Array.from(hash, (_, at) => `${hash.slice(0, at)}B${hash.slice(at + 1)}`);
  const others = [...flipped, "", hash.slice(1), `${hash}A`, `${hash}\u0000`];
  expect(others.filter((other) => sameHash(hash, other))).toEqual([]);
});
