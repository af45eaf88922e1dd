/** After any fault during a request: an honest answer, nothing lost or half done, and it can be repeated. */

import { expect } from "vitest";
import { endpoints } from "../../functions/endpoints.ts";
import type { Reply } from "../../infra/local/phone.ts";
import { type Endpoint, isProviderAccess } from "../../lib/http/pipeline/endpoint.ts";
import type { App } from "../support/app.ts";
import {
  anAppToWatch,
  answer,
  aTicket,
  proven,
  type Recovery,
  start,
  startedIn,
  type Watched,
} from "../support/step-up.ts";
import { expectSuccess, succeeded } from "../support/succeeded.ts";
import { problemIn } from "./helpers.ts";
import { expectRecovered, type Prepared, prepared, seenBy, variants } from "./prepared.ts";

/** An erasure is completed rather than repeated: it has tests of its own. */
export const repeatable = endpoints.filter(({ name }) => name !== "erase-data");

export type Case = { endpoint: Endpoint; variant?: string };
export const casesOf = (endpoint: Endpoint): Case[] => [
  { endpoint },
  ...Object.keys(variants).flatMap((variant) =>
    variant.startsWith(`${endpoint.name} `) ? [{ endpoint, variant }] : [],
  ),
];

/** What a repeated request may answer instead of success, if it works only once and already has. */
const DONE_BEFORE: Record<string, string[]> = {
  "answer-step-up": ["/api/problems/challenge-not-found", "/api/problems/ticket-invalid"],
  "confirm-contact": ["/api/problems/challenge-not-found"],
  "remove-contact": ["/api/problems/contact-not-found"],
};

/** What the owner sees before and after the request, without a fault. */
export type Whole = { before: string; after: string };

export async function undisturbed(
  { endpoint, variant }: Case,
  watched: Watched = anAppToWatch(),
  instance: () => App = () => watched.app,
): Promise<Whole> {
  const request = await prepared(endpoint, watched, variant);
  const before = await seenBy(request.scene);
  const reply = await request.ask(instance());
  expectSuccess(reply);
  return { before, after: await seenBy(request.scene) };
}

/**
 * `reply`: to the request that met the fault; `app`: an instance without one. `hasWritten`: as far as is
 * known.
 */
export async function expectUnharmed(
  { endpoint }: Case,
  request: Prepared,
  whole: Whole,
  { reply, app, said, hasWritten }: { reply: Reply; app: App; said: string; hasWritten: boolean },
): Promise<void> {
  const told = `${said}: ${reply.status} ${JSON.stringify(reply.body)}`;
  if (!succeeded(reply)) {
    expect(reply.status, told).toBe(503);
    expect(Number(reply.headers.get("retry-after")), told).toBeGreaterThan(0);
  }
  const seen = await seenBy(request.scene);
  expect(succeeded(reply) ? [whole.after] : [whole.before, whole.after], told).toContain(seen);
  if (!hasWritten) return;
  await expectRepeated(endpoint, request, { app, told, isDone: seen === whole.after });
  if (!isProviderAccess(endpoint.access)) await expectRecovered(request.scene, request.document);
}

type Repeated = { app: App; told: string; isDone: boolean };

async function expectRepeated({ name }: Endpoint, request: Prepared, { app, told, isDone }: Repeated) {
  const again = await request.repeat(app);
  if (succeeded(again)) return;
  expect(DONE_BEFORE[name] ?? [], told).toContain(problemIn(again).type);
  if (name === "answer-step-up") await expectProvable(request.scene, told);
  else expect({ isDone }, told).toEqual({ isDone: true });
}

/** The proof is used up: with a new one the device gets its credential. */
async function expectProvable(scene: Recovery, told: string) {
  scene.phone.through(scene.watched.app.fetch);
  await proven(scene);
  const started = startedIn(await start(scene, { account: scene.work }));
  const { code: ticket } = await aTicket(scene);
  expect((await answer(scene.phone, started.id, { ticket })).status, told).toBe(200);
}
