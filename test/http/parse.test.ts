/** parse: faults are named by their place, in RFC 6901 for a body, and bounded. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { parse, type Source } from "../../lib/http/parse.ts";
import { holds } from "../domain/holds.ts";
import { refusalOf } from "../domain/refusals.ts";

const Shape = z.strictObject({ "a/b": z.strictObject({ "c~d": z.array(z.int()) }), name: z.string() });
const faultsIn = (value: unknown, source: Source = "body", schema: z.ZodType = Shape) =>
  (refusalOf(() => parse(schema, value, source)).details.errors ?? []).map(({ at }) => at);

describe("R41 where a fault is", () => {
  it("R41 in a body it is a JSON pointer, with ~ and / escaped as ~0 and ~1", () => {
    const value = { "a/b": { "c~d": [1, "x"], "e~/f": 1 }, name: "n" };
    expect(faultsIn(value)).toEqual(["/a~1b/c~0d/1", "/a~1b/e~0~1f"]);
  });

  it("R41 a pointer leads back to the unknown field, whatever it is called", () => {
    const key = fc.string({ unit: "binary", minLength: 1, maxLength: 32 });
    const named = z.strictObject({ name: z.string() });
    holds(
      fc.property(key, (name) => {
        fc.pre(name !== "name");
        const at = faultsIn({ [name]: 1, name: "n" }, "body", named);
        expect(at.map((pointer) => pointer.slice(1).replaceAll("~1", "/").replaceAll("~0", "~"))).toEqual([
          name,
        ]);
      }),
      500,
    );
  });

  it("R41 the whole body is called body", () => {
    expect(faultsIn("text")).toEqual(["body"]);
    expect(faultsIn(undefined)).toEqual(["body"]);
  });

  it.each(["path", "query", "header"] as const)(
    "R41 elsewhere it is the name of the %s parameter",
    (source) => {
      expect(faultsIn({ name: 1 }, source, z.strictObject({ name: z.string() }))).toEqual([
        `${source} parameter name`,
      ]);
      expect(faultsIn({ other: "1" }, source, z.strictObject({}))).toEqual([`${source} parameter other`]);
    },
  );

  it("R34 a long name is cut, and no more than twenty faults are told", () => {
    const long = "k".repeat(10_000);
    expect(faultsIn({ [long]: 1 }, "body", z.strictObject({}))).toEqual([`/${"k".repeat(64)}`]);
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`k${index}`, 1]));
    expect(faultsIn(many, "body", z.strictObject({}))).toHaveLength(20);
  });

  it("R41 the first fault is in the message, every one of them in the details", () => {
    const { kind, message, details } = refusalOf(() => parse(Shape, { more: 1 }, "body"));
    expect(kind).toBe("invalid-request");
    expect(message).toBe(`${details.errors?.[0]?.at}: ${details.errors?.[0]?.detail}`);
    expect(details.errors).toHaveLength(3);
  });

  it("R1 what fits comes out as the schema has it", () => {
    const value = { "a/b": { "c~d": [1] }, name: "n" };
    expect(parse(Shape, value, "body")).toEqual(value);
  });
});
