/** GET health: says that the service runs and how many messages wait, to anyone, and nothing else. */
import { expect, inject, it } from "vitest";
import { deliverMessages } from "../../functions/deliver-messages.ts";
import type { Letter } from "../../lib/domain/announcement.ts";
import { HOUR, later } from "../../lib/domain/clock.ts";
import { newId } from "../../lib/domain/id.ts";
import { ownerIdOf } from "../../lib/domain/owner.ts";
import { aMailbox } from "../local/a-mailbox.ts";
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

it("R18 R32 while the mail service is down a letter waits, and is seen to; then it is sent", async () => {
  const mailbox = await aMailbox();
  const app = anApp({ settings: { COMMUNICATION_SERVICE: mailbox.connectionString } });
  const to = { channel: "email" as const, address: "canary-health@mail.example", language: "en" as const };
  const [at, until] = [new Date(), later(new Date(), HOUR)];
  const letter: Letter = { type: "letter", id: newId(), to, kind: "erased", at, until, tries: 0 };
  const deliver = () =>
    deliverMessages({ ...app.services, messenger: app.messenger }, { owner, item: letter });
  const owner = ownerIdOf({ issuer: "https://health.example", subject: newId() });
  await mailbox.order({ status: 503 });
  expect(await deliver()).toBe("postponed");
  const { body } = await (await aPhone({ app })).call("GET", "health");
  expect(body).toMatchObject({ status: "ok", messages: { waiting: expect.any(Number) } });
  expect(JSON.parse(JSON.stringify(body)).messages.waiting).toBeGreaterThanOrEqual(1);
  expect(await mailbox.messages()).toEqual([]);
  await mailbox.empty();
  expect(await deliver()).toBe("sent");
  expect(await mailbox.messages()).toMatchObject([{ to: to.address }]);
  await mailbox.close();
}, 60_000);

it("R42 doesn't look at credentials", async () => {
  const headers = { authorization: "Bearer x", dpop: "x", "app-version": "x" };
  expect((await (await aPhone()).call("GET", "health", { headers })).status).toBe(200);
});

it("R41 refuses a query parameter that it doesn't know", async () => {
  const reply = await (await aPhone()).call("GET", "health?verbose=canary");
  expect(placesIn(problemIn(reply))).toEqual(["query parameter verbose"]);
  expect(JSON.stringify(reply.body)).not.toContain("canary");
});
