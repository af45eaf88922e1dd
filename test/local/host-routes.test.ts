/** Which function the local host gives a request to. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bodyOf, head, type StartedHost, sendRaw, startHost, statusOf } from "./host-app/start-host.ts";

let host: StartedHost;
beforeAll(async () => {
  host = await startHost("surface");
});
afterAll(async () => await host[Symbol.asyncDispose]());

async function call(path: string, method = "GET") {
  const response = await fetch(host.url + path, { method });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text };
}

/** What the function that was reached saw; the status if none was. */
async function reach(path: string, method = "GET") {
  const { status, text } = await call(path, method);
  return status === 200 ? JSON.parse(text) : status;
}

describe("R42 no function fits", () => {
  test.each([
    ["an unknown route", "/api/nope", "GET"],
    ["a wrong method", "/api/echo-path", "DELETE"],
    ["HEAD not declared", "/api/echo", "HEAD"],
    ["OPTIONS not declared", "/api/echo", "OPTIONS"],
    ["a route without its prefix", "/echo", "GET"],
  ])("%s is 404, never 405, with an empty body and the custom headers", async (_, path, method) => {
    const { status, headers, text } = await call(path, method);
    expect({ status, text }).toEqual({ status: 404, text: "" });
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("allow")).toBeNull();
  });

  test("R42 a method that HTTP doesn't know is 404 with the custom headers", async () => {
    const response = await sendRaw(host.port, head("BREW /api/echo"));
    expect(statusOf(response)).toBe(404);
    expect(response).toContain("X-Content-Type-Options: nosniff");
    expect(bodyOf(response)).toBe("");
  });
});

test("R42 without methods a function takes GET and POST", async () => {
  const status = async (method: string) => (await call("/api/echo-default-methods", method)).status;
  expect({
    GET: await status("GET"),
    POST: await status("POST"),
    PUT: await status("PUT"),
    DELETE: await status("DELETE"),
  }).toEqual({ GET: 200, POST: 200, PUT: 404, DELETE: 404 });
});

test("R42 a declared HEAD is served", async () => {
  expect((await call("/api/has-head", "HEAD")).status).toBe(200);
});

test("R42 one trailing slash is ignored, two or an inner // match nothing", async () => {
  expect((await call("/api/echo/")).status).toBe(200);
  for (const path of ["/api/echo//", "/api//echo", "//api/echo"])
    expect({ path, status: (await call(path)).status }).toEqual({ path, status: 404 });
});

test("R42 literals ignore case, parameters keep it", async () => {
  expect((await reach("/API/iTEMS/MiXed/end")).params).toEqual({ name: "MiXed" });
});

test("R42 the first function by name wins, a literal doesn't", async () => {
  expect(await reach("/api/order/me")).toEqual({ name: "aParam", params: { x: "me" } });
});

test("R42 one template may be shared by functions with other methods", async () => {
  expect({ get: (await reach("/api/twin")).name, put: (await reach("/api/twin", "PUT")).name }).toEqual({
    get: "twin-get",
    put: "twin-put",
  });
});

test("R42 with the same template and a shared method the later function is in error", async () => {
  expect((await reach("/api/same", "PUT")).name).toBe("same-a");
  expect(await reach("/api/same", "DELETE")).toBe(404);
  await host.line("'same-b' function is in error");
});

test.each(["administrators/x", "runtime-x"])("R42 a route that begins like %s is refused", async (route) => {
  expect(await reach(`/api/${route}`)).toBe(404);
  await host.line("is reserved");
});

test("R42 a function with a bad name is in error", async () => {
  expect(await reach("/api/bad-name")).toBe(404);
  await host.line("'1-bad-name' is not a valid function name");
});

test("R42 a function cannot be registered after the start", async () => {
  expect(await reach("/api/registers-late")).toBe(500);
  await host.line("A function can only be registered during app startup.");
});

test.each([
  ["/api/int/-42", "/api/int/4x"],
  ["/api/int/2147483647", "/api/int/2147483648"],
  ["/api/guid/6f9619ff-8b86-d011-b42d-00cf4fc964ff", "/api/guid/6f9619ff"],
  ["/api/length/abc", "/api/length/abcd"],
  ["/api/regex/abc", "/api/regex/ab1"],
  ["/api/alpha/abc", "/api/alpha/a1"],
])("R42 a constraint takes %s and makes %s a 404", async (good, bad) => {
  expect({ good: (await call(good)).status, bad: (await call(bad)).status }).toEqual({ good: 200, bad: 404 });
});

test("R42 an absent optional parameter is absent, a default stands in", async () => {
  expect((await reach("/api/optional")).params).toEqual({});
  expect((await reach("/api/optional/1")).params).toEqual({ x: "1" });
  expect((await reach("/api/fallback")).params).toEqual({ x: "none" });
});

test("R42 a segment may mix literals and parameters", async () => {
  expect((await reach("/api/file/a.b.txt")).params).toEqual({ name: "a.b", extension: "txt" });
});

test("R42 a catch-all keeps its slashes, a trailing one too", async () => {
  expect((await reach("/api/rest/a/b//c/")).params).toEqual({ rest: "a/b//c/" });
  expect((await reach("/api/rest/")).params).toEqual({});
  expect(await reach("/api/rest//a")).toBe(404);
});

test.each([
  ["%20%C3%A9%25", " é%"],
  ["a%2Fb%2fc", "a%2Fb%2fc"],
  ["%2525", "%25"],
  ["%zz", "%zz"],
  ["%FF%41", "%FFA"],
])("R42 the parameter %s is decoded once, to %s", async (sent, seen) => {
  expect((await reach(`/api/items/${sent}/end`)).params).toEqual({ name: seen });
});

test("R42 %00 in a path is 400", async () => {
  expect(await reach("/api/items/%00/end")).toBe(400);
});

test("R42 dot segments are removed before routing", async () => {
  const response = await sendRaw(host.port, head("GET /api/items/x/%2e%2e/y/./end"));
  expect(JSON.parse(bodyOf(response).split("\r\n")[1] ?? "").params).toEqual({ name: "y" });
});

test("R42 an empty prefix and a catch-all take every path, / as well", async () => {
  await using root = await startHost("root-prefix");
  const answers = ["/", "/a/b"].map(
    async (path) => JSON.parse(await (await fetch(root.url + path)).text()).params,
  );
  expect(await Promise.all(answers)).toEqual([{}, { path: "a/b" }]);
});

test("R42 one route that begins with a slash fails the whole host: 503 on everything", async () => {
  await using broken = await startHost("slash-route");
  const statuses = ["/api/good", "/api/bad", "/", "/admin/host/status"].map(
    async (path) => (await fetch(broken.url + path)).status,
  );
  expect(await Promise.all(statuses)).toEqual([503, 503, 503, 503]);
  await broken.line("CRITICAL host - The host serves nothing");
});
