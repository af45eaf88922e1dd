/** readJson: a body must give its type and length, be complete, within bounds, UTF-8 and JSON. */
import { HttpRequest } from "@azure/functions";
import { describe, expect, it } from "vitest";
import { readJson } from "../../../lib/http/pipeline/read-body.ts";
import { kindFrom, refusalFrom } from "../../domain/refusals.ts";

const MOST = 64;
type Body = { bytes?: Buffer; type?: string | undefined; length?: string | undefined };
function read({
  bytes = Buffer.from('{"a":1}'),
  type = "application/json",
  length = String(bytes.length),
}: Body = {}) {
  const headers = { ...(type && { "content-type": type }), ...(length && { "content-length": length }) };
  return readJson(
    new HttpRequest({ method: "PUT", url: "https://api.example/api", headers, body: { bytes } }),
    MOST,
  );
}

describe("R8 R41 a body", () => {
  it.each(["application/json", "application/json; charset=utf-8", 'Application/JSON;charset="UTF-8"'])(
    "R41 is taken as %s",
    async (type) => {
      expect(await read({ type })).toEqual({ a: 1 });
    },
  );

  it.each([
    "text/plain",
    "application/json; charset=utf-16",
    "application/jsonp",
    "application/json, text/plain",
    "multipart/form-data",
  ])("R41 is refused as %s", async (type) =>
    expect(await kindFrom(() => read({ type }))).toBe("unsupported-media-type"),
  );

  it("R8 is refused without a length: a chunked one would arrive empty", async () => {
    expect(await kindFrom(() => read({ length: "" }))).toBe("length-required");
  });

  it("R8 is refused if it is empty, by its declared or actual length", async () => {
    expect(await kindFrom(() => read({ length: "0" }))).toBe("body-required");
    expect(await kindFrom(() => read({ bytes: Buffer.alloc(0), length: "7" }))).toBe("body-required");
  });

  it("R41 may have exactly as many bytes as allowed, by its declared and actual length", async () => {
    const exactly = (count: number) => Buffer.from(`"${"a".repeat(count - 2)}"`);
    expect(await read({ bytes: exactly(MOST) })).toHaveLength(MOST - 2);
    expect(await kindFrom(() => read({ bytes: exactly(MOST + 1) }))).toBe("body-too-large");
    expect(await kindFrom(() => read({ bytes: exactly(MOST + 1), length: "7" }))).toBe("body-too-large");
    expect(await kindFrom(() => read({ length: "99999999999999999999" }))).toBe("body-too-large");
  });

  it.each([
    ["no JSON", Buffer.from("canary")],
    ["cut off", Buffer.from('{"a":"canary')],
    ["two values", Buffer.from("{}{}")],
    ["not UTF-8", Buffer.from([0x22, 0xff, 0xfe, 0x22])],
    ["an over-long encoding", Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
    ["a surrogate in UTF-8", Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
  ])("R34 R41 that is %s is refused and not quoted", async (_, bytes) => {
    const { kind, message, details, cause } = await refusalFrom(() => read({ bytes }));
    expect({ kind, cause }).toEqual({ kind: "invalid-request", cause: undefined });
    expect(JSON.stringify([message, details])).not.toContain("canary");
  });
});
