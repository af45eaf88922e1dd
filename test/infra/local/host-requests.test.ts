/** What a handler sees of a request on the local host, and which requests never reach it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bodyOf, head, type StartedHost, sendRaw, startHost, statusOf } from "./host-app/start-host.ts";

const LIMIT = 1000;

let host: StartedHost;
beforeAll(async () => {
  host = await startHost("surface", { FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: String(LIMIT) });
});
afterAll(async () => await host[Symbol.asyncDispose]());

interface Seen {
  url: string;
  headers: Record<string, string>;
}

async function seen(path: string, init?: RequestInit): Promise<Seen> {
  const response = await fetch(`${host.url}/api/echo${path}`, init);
  return JSON.parse(await response.text());
}

async function seenRaw(request: string | Buffer): Promise<Seen> {
  return JSON.parse(bodyOf(await sendRaw(host.port, request)).split("\r\n")[1] ?? "");
}

describe("bodies", () => {
  test("R42 a body with a Content-Length arrives whole", async () => {
    expect(await seen("", { method: "POST", body: "x".repeat(LIMIT) })).toMatchObject({
      hasBody: true,
      length: LIMIT,
    });
  });

  test("R42 a chunked body vanishes", async () => {
    const chunked = `${head("POST /api/echo", "Transfer-Encoding: chunked")}5\r\nhello\r\n0\r\n\r\n`;
    expect(await seenRaw(chunked)).toMatchObject({ method: "POST", hasBody: false });
  });

  test("R42 an empty POST has no body", async () => {
    expect(await seen("", { method: "POST" })).toMatchObject({ hasBody: false });
  });

  test("R42 the body of a GET is dropped", async () => {
    expect(await seenRaw(`${head("GET /api/echo", "Content-Length: 5")}hello`)).toMatchObject({
      hasBody: false,
    });
  });

  test("R42 a body over the limit is 500, empty, on a closed connection, and no handler runs", async () => {
    const body = "x".repeat(LIMIT + 1);
    const response = await sendRaw(
      host.port,
      `POST /api/echo HTTP/1.1\r\nHost: x\r\nContent-Length: ${LIMIT + 1}\r\n\r\n${body}`,
    );
    expect(statusOf(response)).toBe(500);
    expect(bodyOf(response)).toBe("");
    expect(response).toContain("Connection: close");
  });
});

describe("headers", () => {
  test("R42 header names are lower-case, repeated headers joined", async () => {
    const { headers } = await seenRaw(
      head("GET /api/echo", "X-Own: 1", "x-own: 2", "traceparent: 00-1-2-03"),
    );
    expect(headers).toMatchObject({ "x-own": "1,2", traceparent: "00-1-2-03" });
  });

  test("R42 UTF-8 in a header passes", async () => {
    expect((await seenRaw(head("GET /api/echo", "X-Own: é"))).headers["x-own"]).toBe("é");
  });
});

describe("url", () => {
  test("R42 the url is absolute and encoded again", async () => {
    const { url } = await seenRaw(
      head("GET /api/echo-path", "X-Other: 1").replace("/api/echo-path", "/api/items/%2525%20x/end?q=%20"),
    );
    expect(url).toBe("http://local/api/items/%25%20x/end?q=%20");
  });
});

describe("requests that no function sees", () => {
  test.each([
    ["a URL of 9 kB", 414, head(`GET /api/echo?${"x".repeat(9000)}`)],
    ["headers of 33 kB", 431, head("GET /api/echo", `X-Own: ${"x".repeat(33_000)}`)],
    ["headers of 70 kB", 431, head("GET /api/echo", `X-Own: ${"x".repeat(70_000)}`)],
    ["101 headers", 431, head("GET /api/echo", ...Array.from({ length: 101 }, (_, at) => `x-${at}: 1`))],
    ["a Latin-1 header", 400, Buffer.from(head("GET /api/echo", "X-Own: é"), "latin1")],
    ["a request that is none", 400, "hello\r\n\r\n"],
    ["a Host that is none", 400, "GET /api/echo HTTP/1.1\r\nHost: [\r\nConnection: close\r\n\r\n"],
    ["HTTP/1.1 without Host", 400, "GET /api/echo HTTP/1.1\r\nConnection: close\r\n\r\n"],
  ])("R42 %s is %d", async (_, status, request) => {
    const response = await sendRaw(host.port, request);
    expect({ status: statusOf(response), body: bodyOf(response) }).toEqual({ status, body: "" });
  });
});
