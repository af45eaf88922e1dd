/** What a refusal says of each typical mistake: what would be right, and never the value. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { parse } from "../../../lib/http/pipeline/parse.ts";
import { holds } from "../../domain/holds.ts";
import { refusalOf } from "../../domain/refusals.ts";

const Document = z.strictObject({
  name: z.string().min(1).max(5),
  code: z.string().regex(/^\d$/, "must be a digit"),
  digits: z.int().min(4).max(10),
  step: z.number().multipleOf(5).gt(0).lt(50),
  isPush: z.boolean(),
  kind: z.literal("one"),
  list: z.array(z.int()).min(1).max(2),
  theme: z.enum(["dark", "light"]),
  otp: z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("totp") }),
    z.strictObject({ type: z.literal("hotp"), counter: z.int() }),
  ]),
  either: z.union([z.int(), z.literal("none")]),
  link: z.url(),
});
const good = {
  name: "anna",
  code: "1",
  digits: 6,
  step: 5,
  isPush: true,
  kind: "one",
  list: [1],
  theme: "dark",
  otp: { type: "totp" },
  either: 1,
  link: "https://a.example",
};
const told = (change: object) =>
  refusalOf(() => parse(Document, { ...good, ...change }, "body")).details.errors?.map(
    ({ at, detail }) => `${at} ${detail}`,
  );

describe("R41 what a refusal says", () => {
  it.each<[object, string]>([
    [{ name: undefined }, "/name is missing: it must be a string"],
    [{ name: 1 }, "/name must be a string"],
    [{ name: null }, "/name must be a string"],
    [{ name: "" }, "/name must not be empty"],
    [{ name: "canary" }, "/name must have at most 5 characters"],
    [{ code: "x" }, "/code must be a digit"],
    [{ digits: "6" }, "/digits must be a number"],
    [{ digits: 6.5 }, "/digits must be a whole number"],
    [{ digits: 3 }, "/digits must be at least 4"],
    [{ digits: 11 }, "/digits must be at most 10"],
    [{ step: 7 }, "/step must be a multiple of 5"],
    [{ step: 0 }, "/step must be more than 0"],
    [{ step: 50 }, "/step must be less than 50"],
    [{ isPush: "yes" }, "/isPush must be true or false"],
    [{ kind: "two" }, "/kind must be one"],
    [{ list: {} }, "/list must be a list"],
    [{ list: [] }, "/list must not be empty"],
    [{ list: [1, 2, 3] }, "/list must have at most 2 entries"],
    [{ theme: undefined }, "/theme is missing: it must be one of: dark, light"],
    [{ kind: undefined }, "/kind is missing: it must be one"],
    [{ either: undefined }, "/either is missing: it must be in one of the documented forms"],
    [{ theme: "blue" }, "/theme must be one of: dark, light"],
    [{ otp: undefined }, "/otp is missing: it must be an object"],
    [{ otp: "totp" }, "/otp must be an object"],
    [{ otp: { type: "motp" } }, "/otp/type must be one of: totp, hotp"],
    [{ otp: {} }, "/otp/type is missing: it must be one of: totp, hotp"],
    [{ otp: { type: "hotp" } }, "/otp/counter is missing: it must be a number"],
    [{ either: "some" }, "/either must be in one of the documented forms"],
    [{ link: "canary" }, "/link must be in the documented form"],
    [{ more: 1 }, "/more is not a known field: nothing but the documented fields is taken"],
  ])("R41 of %j it says: %s", (change, words) => {
    expect(told(change)).toEqual([words]);
  });

  it("R41 a counter beyond the range of JSON numbers is told its limit", () => {
    const found = refusalOf(() =>
      parse(z.strictObject({ counter: z.int().min(0) }), { counter: 2 ** 53 }, "body"),
    );
    expect(found.details.errors?.[0]?.detail).toBe("must be at most 9007199254740991");
  });

  it("F20 R34 R41 whatever is sent, the refusal never repeats it", () => {
    const value = fc.oneof(
      fc.constant("canary"),
      fc.constant(["canary"]),
      fc.constant({ type: "canary" }),
      fc.constant(42424242),
    );
    holds(
      fc.property(fc.constantFrom(...Object.keys(good)), value, (name, sent) => {
        const sentTo = Document.safeParse({ ...good, [name]: sent });
        fc.pre(!sentTo.success);
        expect(JSON.stringify(told({ [name]: sent }))).not.toMatch(
          /canary|42424242|invalid input|undefined/i,
        );
      }),
    );
  });
});
