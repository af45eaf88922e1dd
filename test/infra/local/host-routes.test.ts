/** Which function the local host gives a request to. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FunctionRegistry } from "../../../infra/local/host/registry.ts";
import { buildRouteTable } from "../../../infra/local/host/route-table.ts";
import { compileTemplate } from "../../../infra/local/host/route-template.ts";
import { aFunction } from "./host-app/an-app.ts";
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

/** What the called function saw; the status if none was called. */
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

test("R42 a function cannot be registered after the start", async () => {
  expect(await reach("/api/registers-late")).toBe(500);
  await host.line("A function can only be registered during app startup.");
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

test.each([
  "items/{id:int}",
  "items/{id?}",
  "items/{id=1}",
  "{a}.{b}",
  "{*rest}/x",
  "a//b",
  "",
  "{a",
  "{a}/{a}",
])("R42 the route %j is refused", (template) => {
  expect(() => compileTemplate(template)).toThrow();
});

test.each([
  ["admin/x", 'the route "admin/x" is reserved'],
  ["Runtime-x", 'the route "runtime-x" is reserved'],
  ["ONE", 'the route "one" is that of function first, too'],
])("R42 a function with the route %s beside another is refused", (route, reason) => {
  const functions = [aRoute("first", "one"), aRoute("second", route)];
  expect(() => buildRouteTable(functions, "api")).toThrow(`Function second: ${reason}.`);
});

test("R42 a name that Azure doesn't accept, or a duplicate, is refused", () => {
  const registry = new FunctionRegistry();
  const register = (name: string) => registry.register(aRoute(name, "x").metadata, () => undefined);
  register("good");
  for (const name of ["good", "1-bad", "host"]) expect(() => register(name)).toThrow(name);
});

const aRoute = (name: string, route: string) => aFunction(name, { type: "httpTrigger", route });
