/** What a client gets for a handler's result on the local host. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type StartedHost, startHost } from "./host-app/start-host.ts";

let host: StartedHost;
beforeAll(async () => {
  host = await startHost("surface");
});
afterAll(async () => await host[Symbol.asyncDispose]());

async function reply(name: string, method = "GET") {
  const response = await fetch(`${host.url}/api/reply/${name}`, { method });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe("results that are no response", () => {
  test.each([
    ["undefined", 204],
    ["null", 204],
    ["string", 500],
    ["number", 500],
    ["buffer", 200],
    ["array", 200],
    ["status-99", 500],
    ["status-600", 500],
    ["status-nan", 500],
    ["latin-header", 500],
    ["wrong-length", 500],
    ["cookies", 500],
    ["throws", 500],
    ["rejects", 500],
  ])("R42 %s gives %d with an empty body", async (name, status) => {
    const response = await reply(name);
    expect(response).toMatchObject({ status, text: "" });
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  });

  test("R42 the log says why a handler failed", async () => {
    await reply("throws");
    await host.line("secret detail");
  });
});

describe("bodies", () => {
  test("R42 a native Response works", async () => {
    const { status, headers, text } = await reply("native");
    expect({ status, own: headers.get("x-own"), text }).toEqual({ status: 202, own: "1", text: "native" });
  });

  test.each([
    ["body-buffer", "bytes"],
    ["body-stream", "ab"],
  ])("R42 %s is sent without a Content-Type", async (name, body) => {
    const { headers, text } = await reply(name);
    expect({ type: headers.get("content-type"), text }).toEqual({ type: null, text: body });
  });

  test("R42 a body is chunked unless the function sets its length", async () => {
    const [chunked, own] = [await reply("body-string"), await reply("own-length")];
    expect({
      encoding: chunked.headers.get("transfer-encoding"),
      length: chunked.headers.get("content-length"),
    }).toEqual({ encoding: "chunked", length: null });
    expect({
      encoding: own.headers.get("transfer-encoding"),
      length: own.headers.get("content-length"),
    }).toEqual({ encoding: null, length: "5" });
  });

  test("R42 204 drops its body", async () => {
    expect(await reply("no-content")).toMatchObject({ status: 204, text: "" });
  });

  test("R42 HEAD has the headers only", async () => {
    const { headers, text } = await reply("own-length", "HEAD");
    expect({ length: headers.get("content-length"), text }).toEqual({ length: "5", text: "" });
  });
});

describe("headers", () => {
  test("R42 replies have a Date and say Kestrel", async () => {
    const { headers } = await reply("empty");
    expect({ server: headers.get("server"), hasDate: headers.has("date") }).toEqual({
      server: "Kestrel",
      hasDate: true,
    });
  });

  test("R42 a custom header is added if the function set none", async () => {
    const { headers } = await reply("own-header");
    expect({
      keeping: headers.get("cache-control"),
      sniffing: headers.get("x-content-type-options"),
    }).toEqual({ keeping: "max-age=5", sniffing: "nosniff" });
  });
});
