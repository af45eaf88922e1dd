/** GET health: tells anyone that the service runs and how many messages wait, and nothing else. */
import { expect, inject, it } from "vitest";
import * as z from "zod";
import { deliverMessages } from "../../../functions/operations/deliver-messages.ts";
import { HOUR, later } from "../../../lib/domain/clock.ts";
import { newId } from "../../../lib/domain/id.ts";
import type { Letter } from "../../../lib/domain/messages/announcement.ts";
import { ownerIdOf } from "../../../lib/domain/owner.ts";
import { SweepName } from "../../../lib/domain/sweeps/sweep.ts";
import { aMailbox } from "../../infra/local/a-mailbox.ts";
import { anApp } from "../../support/app.ts";
import { aPhone } from "../../support/phones.ts";
import { placesIn, problemIn } from "../helpers.ts";
import { rawCall } from "../raw.ts";

const aRun = {
  run: "run-of-nobodys-concern",
  startedAt: new Date("2026-05-04T03:00:00.000Z"),
  shardsDone: ["A", "B"],
  handled: 5,
  failed: 1,
  keys: { "https://vault-of-nobodys-concern.example/keys/k/1": 5 },
};
const Counts = z.strictObject({ waiting: z.int(), failed: z.int() });
const Health = z.strictObject({
  status: z.literal("ok"),
  messages: Counts,
  pages: Counts,
  sweeps: z.array(
    z.strictObject({
      sweep: SweepName,
      startedAt: z.iso.datetime(),
      finishedAt: z.iso.datetime().optional(),
      shardsDone: z.int(),
      handled: z.int(),
      failed: z.int(),
    }),
  ),
});

it("R42 R29 answers anyone, without any credential: waiting messages, and the sweeps' progress", async () => {
  const app = anApp();
  await app.services.sweepStore.report("budgets", () => aRun);
  const reply = await app.fetch(`${inject("surroundings").api}/health`, { method: "GET" });
  expect(reply.status).toBe(200);
  const { sweeps } = Health.parse(await reply.json());
  expect(sweeps.find(({ sweep }) => sweep === "budgets")).toEqual({
    sweep: "budgets",
    startedAt: "2026-05-04T03:00:00.000Z",
    shardsDone: 2,
    handled: 5,
    failed: 1,
  });
});

it("R42 the host answers anyone, too", async () => {
  const headers = { authorization: undefined, dpop: undefined, "app-version": undefined };
  const reply = await rawCall(await aPhone(), "GET", "health", { headers });
  expect(reply.status).toBe(200);
  Health.parse(reply.body);
});

it("R33 R34 names no key and no run", async () => {
  const app = anApp();
  await app.services.sweepStore.report("budgets", () => aRun);
  const told = JSON.stringify((await (await aPhone({ app })).call("GET", "health")).body);
  expect(told).not.toContain("nobodys-concern");
});

it("R32 R42 leaves out what can't be told now, and still reports that the service runs", async () => {
  const { settings } = inject("surroundings");
  const nowhere = (name: string, service: string) => ({
    [name]: (settings[name] ?? "").replace(
      new RegExp(`${service}Endpoint=[^;]+`),
      `${service}Endpoint=http://127.0.0.1:9/devstoreaccount1`,
    ),
  });
  const down = { ...nowhere("QUEUE_STORAGE", "Queue"), ...nowhere("BACKUPS_STORAGE", "Blob") };
  const reply = await (await aPhone({ app: anApp({ settings: down }) })).call("GET", "health");
  expect({ status: reply.status, body: reply.body }).toEqual({ status: 200, body: { status: "ok" } });
});

it("R18 R32 while the mail service is down a letter waits, and health shows it; then it is sent", async () => {
  const mailbox = await aMailbox();
  const app = anApp({ settings: { COMMUNICATION_SERVICE: mailbox.connectionString } });
  const to = { channel: "email" as const, address: "canary-health@mail.example", language: "en" as const };
  const [at, until] = [new Date(), later(new Date(), HOUR)];
  const letter: Letter = { type: "letter", id: newId(), to, kind: "erased", at, until, tries: 0 };
  const deliver = () =>
    deliverMessages(
      { ...app.services, messenger: app.messenger },
      { owner, item: letter, isOwnerErased: false },
    );
  const owner = ownerIdOf({ issuer: "https://health.example", subject: newId() });
  await mailbox.order({ status: 503 });
  expect(await deliver()).toMatchObject({ outcome: "postponed" });
  const { body } = await (await aPhone({ app })).call("GET", "health");
  expect(body).toMatchObject({ status: "ok", messages: { waiting: expect.any(Number) } });
  expect(JSON.parse(JSON.stringify(body)).messages.waiting).toBeGreaterThanOrEqual(1);
  expect(await mailbox.messages()).toEqual([]);
  await mailbox.empty();
  expect(await deliver()).toEqual({ outcome: "sent" });
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
