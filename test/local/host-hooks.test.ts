/** Hooks and log lines on the local host. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type StartedHost, startHost } from "./host-app/start-host.ts";

let host: StartedHost;
beforeAll(async () => {
  host = await startHost("hooks");
});
afterAll(async () => await host[Symbol.asyncDispose]());

test("R42 appStart hooks run before the host listens", () => {
  expect(host.lines[0]).toBe("start 0");
});

test("R42 a post-invocation hook sees the pre-invocation hook's data and changes the result", async () => {
  const response = await fetch(`${host.url}/api/works`);
  expect(await response.json()).toEqual({ trace: ["pre"], result: { body: "made by the handler" } });
});

test("R42 a post-invocation hook may take back an error", async () => {
  const response = await fetch(`${host.url}/api/fails`);
  expect({ status: response.status, body: await response.json() }).toEqual({
    status: 418,
    body: { trace: ["pre"], error: "Error: refused" },
  });
});

test("R42 a log call is one line, changed by log hooks, of the level host.json asks for", async () => {
  await fetch(`${host.url}/api/works`);
  expect(await host.line("two lines")).toMatch(/^INFORMATION works [0-9a-f-]{36} a \*\*\*\\nin two lines$/);
  expect(host.lines.join()).not.toContain("not shown");
});
