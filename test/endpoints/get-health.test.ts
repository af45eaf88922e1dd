/** GET health: says that the service runs and how many messages wait, to anyone, and nothing else. */
import { expect, inject, it } from "vitest";
import { anApp } from "../support/app.ts";
import { aPhone } from "../support/phones.ts";
import { placesIn, problemIn } from "./helpers.ts";
import { rawCall } from "./raw.ts";

it("R42 answers anyone, without any credential", async () => {
  const headers = { authorization: undefined, dpop: undefined, "app-version": undefined };
  const reply = await rawCall(await aPhone(), "GET", "health", { headers });
  const messages = { waiting: expect.any(Number), failed: expect.any(Number) };
  expect([reply.status, reply.body]).toEqual([200, { status: "ok", messages }]);
});

it("R32 R42 says nothing of messages while the queue doesn't answer, and runs all the same", async () => {
  const QUEUE_STORAGE = (inject("surroundings").settings["QUEUE_STORAGE"] ?? "").replace(
    /QueueEndpoint=[^;]+/,
    "QueueEndpoint=http://127.0.0.1:9/devstoreaccount1",
  );
  const reply = await (await aPhone({ app: anApp({ settings: { QUEUE_STORAGE } }) })).call("GET", "health");
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
