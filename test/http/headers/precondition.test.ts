/** If-Match, If-None-Match and Idempotency-Key: which values are accepted, which refused. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readIdempotencyKey } from "../../../lib/http/headers/idempotency.ts";
import { readPrecondition } from "../../../lib/http/headers/precondition.ts";
import { holds } from "../../domain/holds.ts";
import { refusalOf } from "../../domain/refusals.ts";
import { aRequest } from "../requests.ts";

const read = (headers: Record<string, string>) => readPrecondition(aRequest(headers));
const refusal = (headers: Record<string, string>) => {
  const { kind, details } = refusalOf(() => read(headers));
  return { kind, at: details.errors?.map(({ at }) => at) };
};

describe("R7 a write names the state that it replaces", () => {
  it.each(['"0x8DCA1B2C3D4E5F6"', '"a"', '"!#~"', `"${"a".repeat(100)}"`])("R7 takes the ETag %s", (etag) => {
    expect(read({ "if-match": etag })).toEqual({ replaces: etag });
    expect(read({ "if-match": `  ${etag} ` })).toEqual({ replaces: etag });
  });

  it("R7 takes a weak ETag as the strong one from which a proxy made it", () => {
    expect(read({ "if-match": 'W/"0x8D"' })).toEqual({ replaces: '"0x8D"' });
    expect(read({ "if-match": ' W/"0x8D" ' })).toEqual({ replaces: '"0x8D"' });
  });

  it("R7 takes If-None-Match: * for a first write", () => {
    expect(read({ "if-none-match": "*" })).toBe("nothing");
  });

  it.each([
    ["one that is weak in small letters", 'w/"0x8D"'],
    ["one that is weak twice", 'W/W/"0x8D"'],
    ["a weak one with a space", 'W/ "0x8D"'],
    ["a weak one without quotes", "W/0x8D"],
    ["a weak one that is empty", 'W/""'],
    ["a list of weak ones", 'W/"0x8D", W/"0x8E"'],
    ["a weak *", "W/*"],
    ["one without quotes", "0x8D"],
    ["one with half its quotes", '"0x8D'],
    ["an empty one", '""'],
    ["nothing", ""],
    ["an over-long one", `"${"a".repeat(101)}"`],
    ["a list", '"0x8D", "0x8E"'],
    ["a list without spaces", '"0x8D","0x8E"'],
    ["*, which names no state", "*"],
    ["* in quotes beside one", '"*", "0x8D"'],
    ["a quote inside", '"a"b"'],
    ["a space inside", '"a b"'],
    ["letters outside ASCII", '"caf\u00e9"'],
  ])("R7 refuses %s in If-Match", (_, etag) => {
    expect(refusal({ "if-match": etag })).toEqual({ kind: "invalid-request", at: ["If-Match"] });
  });

  it.each(['"0x8D"', 'W/"0x8D"', "**", "*, *", "", '"*"'])("R7 refuses If-None-Match: %s", (etag) => {
    expect(refusal({ "if-none-match": etag })).toEqual({ kind: "invalid-request", at: ["If-None-Match"] });
  });

  it("R7 refuses both headers together, even if both are right", () => {
    expect(refusal({ "if-match": '"a"', "if-none-match": "*" })).toEqual({
      kind: "invalid-request",
      at: ["If-None-Match"],
    });
  });

  it("R7 asks for a precondition if there is none", () => {
    expect(refusal({})).toEqual({ kind: "precondition-required", at: undefined });
  });

  it("R34 never repeats a header's value", () => {
    const marker = "canary-etag";
    for (const name of ["if-match", "if-none-match"]) {
      const { message, details } = refusalOf(() => read({ [name]: marker }));
      expect(JSON.stringify([message, details])).not.toContain(marker);
    }
  });
});

describe("R8 the Idempotency-Key", () => {
  const readKey = (key: string) => readIdempotencyKey(aRequest({ "idempotency-key": key }));
  it("R8 may be left out", () => {
    expect(readIdempotencyKey(aRequest())).toBeUndefined();
  });

  it("R8 is any 1 to 255 visible ASCII characters, compared exactly", () => {
    const visible = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code));
    holds(
      fc.property(fc.string({ unit: visible, minLength: 1, maxLength: 255 }), (key) => {
        expect(readKey(key)).toBe(key);
      }),
    );
  });

  it.each(["", "a b", "a\tb", "caf\u00e9", "a".repeat(256)])("R8 refuses %j", (key) => {
    const { kind, details } = refusalOf(() => readKey(key));
    expect({ kind, at: details.errors?.[0]?.at }).toEqual({ kind: "invalid-request", at: "Idempotency-Key" });
  });
});
