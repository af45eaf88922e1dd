/** parse: faults are named by their place, in RFC 6901 for a body, and bounded. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { parse, type Source } from "../../../lib/http/pipeline/parse.ts";
import { holds } from "../../domain/holds.ts";
import { refusalOf } from "../../domain/refusals.ts";

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

  it("R34 a long name is cut, and no more than a hundred faults are told", () => {
    const long = "k".repeat(10_000);
    expect(faultsIn({ [long]: 1 }, "body", z.strictObject({}))).toEqual([`/${"k".repeat(64)}`]);
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`k${index}`, 1]));
    expect(faultsIn(many, "body", z.strictObject({}))).toHaveLength(100);
  });

  it("R41 the first fault is in the message, every one of them in the details", () => {
    const { kind, message, details } = refusalOf(() => parse(Shape, { more: 1 }, "body"));
    expect(kind).toBe("invalid-request");
    expect(message).toBe(`${details.errors?.[0]?.at}: ${details.errors?.[0]?.detail}`);
    expect(details.errors).toHaveLength(3);
  });

  it("R1 valid values come out in the schema's form", () => {
    const value = { "a/b": { "c~d": [1] }, name: "n" };
    expect(parse(Shape, value, "body")).toEqual(value);
  });
});

describe("R32 one odd entry doesn't cost the backup", () => {
  const Entry = z.strictObject({ name: z.string(), age: z.int() });
  const Entries = z.strictObject({ list: z.array(Entry).max(1000) });
  const refusalFor = (list: unknown[], more: object = {}) =>
    refusalOf(() => parse(Entries, { list, ...more }, "body"));
  const good = { name: "n", age: 1 };
  const entriesIn = (errors: { at: string }[] = []) => new Set(errors.map(({ at }) => at.split("/")[2]));

  it("R32 every bad entry is named, and how many faults there are", () => {
    const list = Array.from({ length: 400 }, (_, at) => (at % 10 === 0 ? { name: 1, age: "x" } : good));
    const { message, details } = refusalFor(list);
    expect(details.errorsTotal).toBe(80);
    expect(details.errors).toHaveLength(80);
    expect([...entriesIn(details.errors)]).toEqual(Array.from({ length: 40 }, (_, at) => String(at * 10)));
    expect(message).toBe("/list/0/name: must be a string");
  });

  it("R32 of more than a hundred, one of each bad entry comes before a second one of any, in their order", () => {
    const odd = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`k${at}`, 0]));
    const list = [{ ...good, ...odd }, ...Array.from({ length: 90 }, () => ({ name: 1, age: "x" }))];
    const { message, details } = refusalFor(list);
    expect(details.errorsTotal).toBe(680);
    expect(details.errors).toHaveLength(100);
    expect(entriesIn(details.errors).size).toBe(91);
    const order = details.errors?.map(({ at }) => Number(at.split("/")[2])) ?? [];
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(message).toMatch(/^\/list\/0\/k0: .* \(100 of 680 faults are shown\)$/);
  });

  it("R32 in any case the total is right, and no bad entry is left out for another's second fault", () => {
    const entry = fc.record(
      { name: fc.constantFrom("n", 1), age: fc.constantFrom(1, "x"), more: fc.constant(0) },
      { requiredKeys: [] },
    );
    holds(
      fc.property(fc.array(entry, { maxLength: 300 }), (list) => {
        const found = Entries.safeParse({ list }).error?.issues ?? [];
        fc.pre(found.length > 0);
        const bad = new Set(found.map(({ path }) => path[1]));
        const { errors = [], errorsTotal } = refusalFor(list).details;
        expect(errorsTotal).toBe(found.length);
        expect(errors).toHaveLength(Math.min(found.length, 100));
        expect(entriesIn(errors).size).toBe(Math.min(bad.size, 100));
      }),
    );
  });

  it("R32 a body of 100,000 faults is refused at once", () => {
    const odd = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`k${at}`, 0]));
    const list = Array.from({ length: 1000 }, () => ({ ...good, ...odd }));
    const startedAt = performance.now();
    expect(refusalFor(list, odd).details).toMatchObject({ errorsTotal: 100_100 });
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });
});
