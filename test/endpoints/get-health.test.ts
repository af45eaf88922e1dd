/** GET health: says that the service runs, to anyone, and nothing else. */
import { expect, it } from "vitest";
import { aPhone } from "../support/phones.ts";
import { placesIn, problemIn } from "./helpers.ts";
import { rawCall } from "./raw.ts";

it("R42 answers anyone, without any credential", async () => {
  const headers = { authorization: undefined, dpop: undefined, "app-version": undefined };
  const reply = await rawCall(await aPhone(), "GET", "health", { headers });
  expect([reply.status, reply.body]).toEqual([200, { status: "ok" }]);
});

it("R42 doesn't look at credentials", async () => {
  const headers = { authorization: "Bearer x", dpop: "x", "app-version": "x" };
  expect((await (await aPhone()).call("GET", "health", { headers })).status).toBe(200);
});

it("R41 refuses a query parameter that it doesn't know", async () => {
  const reply = await (await aPhone()).call("GET", "health?verbose=canary");
  expect(placesIn(problemIn(reply))).toEqual(["query parameter verbose"]);
  expect(JSON.stringify(reply.body)).not.toContain("canary");
});
