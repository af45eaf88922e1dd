/** The app in this process on the real adapters, with the test's clock, storage and vault. */
import { appendFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { HttpRequest, HttpResponse, InvocationContext } from "@azure/functions";
import { inject } from "vitest";
import { deliverMessages } from "../../functions/operations/deliver-messages.ts";
import { azureAdapters, type Between } from "../../lib/azure/adapters.ts";
import { configFromEnvironment } from "../../lib/config/config.ts";
import type { Clock } from "../../lib/domain/clock.ts";
import type { Outbox } from "../../lib/domain/messages/announcement.ts";
import type { Delivery } from "../../lib/domain/messages/delivery.ts";
import type { Messenger } from "../../lib/domain/messages/messenger.ts";
import type { KeyedHash } from "../../lib/domain/sealing/keyed-hash.ts";
import { sweepsOf } from "../../lib/domain/sweeps/sweeps.ts";
import type { Endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { toHandler } from "../../lib/http/pipeline/handler.ts";
import { builtPages } from "../../lib/http/replies/built-pages.ts";
import { policyOf, type Services } from "../../lib/http/services.ts";
import { oidcTokenVerifier } from "../../lib/oidc/token-verifier.ts";
import { endpointFor, expectDeclared } from "./declared.ts";
import { recorded } from "./traffic.ts";

/** As the stack's build has rendered it. */
const REFERENCE = pathToFileURL(resolve("dist/pages.json"));

export type AppOptions = {
  clock?: Clock;
  settings?: Record<string, string>;
  /** Wraps the stores' containers, to count or break calls. */
  through?: Between["blobs"];
  keys?: Between["keys"];
  /** Replaces the queue, or wraps it. */
  outbox?: (outbox: Outbox) => Outbox;
  keyedHash?: (keyedHash: KeyedHash) => KeyedHash;
  /** Something is broken on purpose: it may answer with a fault of ours, which no declaration promises. */
  mayFail?: boolean;
};

export type App = {
  services: Services;
  sweeps: ReturnType<typeof sweepsOf>;
  messenger: Messenger;
  /** Runs the queue's function on one message; rethrows its errors. */
  deliver(message: unknown, messenger?: Messenger): Promise<Delivery>;
  fetch(url: string, init: RequestInit): Promise<Response>;
};

/** A fresh instance: nothing is cached yet. */
export function anApp({
  clock = () => new Date(),
  settings = {},
  through = (blobs) => blobs,
  keys = (each) => each,
  outbox = (each) => each,
  keyedHash = (each) => each,
  mayFail = false,
}: AppOptions = {}): App {
  const environment = { ...inject("surroundings").settings, ...settings };
  Object.assign(process.env, pick(environment, "IDENTITY_ENDPOINT", "IDENTITY_HEADER"));
  const config = configFromEnvironment(environment);
  const { messenger, openQueued, sweepWork, ...ports } = azureAdapters(config, clock, {
    blobs: through,
    keys,
  });
  const tokenVerifier = oidcTokenVerifier(config.issuers, clock);
  const services: Services = {
    ...ports,
    outbox: outbox(ports.outbox),
    keyedHash: keyedHash(ports.keyedHash),
    tokenVerifier,
    clock,
    policy: policyOf(config),
    pages: builtPages(REFERENCE),
  };
  return {
    services,
    messenger,
    sweeps: sweepsOf({ ...services, ...sweepWork }, config),
    deliver: async (message, by = messenger) =>
      await deliverMessages({ ...services, messenger: by }, await openQueued(message)),
    fetch: recorded((url, init) => serve(services, url, init, mayFail)),
  };
}

/** Checks every reply against its declaration; records logs and refusals for tests that search them. */
async function serve(
  services: Services,
  url: string,
  init: RequestInit,
  mayFail: boolean,
): Promise<Response> {
  const { endpoint, params } = endpointFor(String(init.method), url, services.policy.publicBaseUrl);
  const headers = Object.fromEntries(new Headers(init.headers));
  const body = init.body === undefined ? undefined : Buffer.from(String(init.body));
  const request = new HttpRequest({
    method: endpoint.method,
    url,
    params,
    headers: { ...headers, ...(body && { "content-length": String(body.length) }) },
    ...(body && { body: { bytes: body } }),
  });
  const { hostLog, refusals } = inject("surroundings");
  const logHandler = (_: string, ...lines: unknown[]) => appendFileSync(hostLog, `${lines.join(" ")}\n`);
  const context = new InvocationContext({ invocationId: crypto.randomUUID(), logHandler });
  const reply = new HttpResponse((await toHandler(endpoint, services)(request, context)) ?? {});
  const { status } = reply;
  const text = await reply.text();
  const replied = {
    status,
    headers: new Headers(Object.fromEntries(reply.headers)),
    body: bodyIn(endpoint, text),
  };
  if (status >= 400) appendFileSync(refusals, `${JSON.stringify([replied.body, [...replied.headers]])}\n`);
  if (!mayFail || status < 500) expectDeclared(endpoint, replied);
  return new Response(text === "" ? null : text, { status, headers: replied.headers });
}

const bodyIn = ({ page }: Endpoint, text: string): unknown =>
  text === "" ? undefined : page ? text : JSON.parse(text);

const pick = (record: Record<string, string>, ...names: string[]) =>
  Object.fromEntries(names.map((name) => [name, record[name]]));
