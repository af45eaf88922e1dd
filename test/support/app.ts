/** The app in this process on the real adapters, with a clock that the test sets and a storage and vault of its choice. */
import { HttpRequest, HttpResponse, InvocationContext } from "@azure/functions";
import { inject } from "vitest";
import { blobHeadStore } from "../../lib/azure/blob-head-store.ts";
import { blobOwnerKeys } from "../../lib/azure/blob-owner-keys.ts";
import { blobVersionStore } from "../../lib/azure/blob-version-store.ts";
import { type Blobs, blobContainer } from "../../lib/azure/blobs.ts";
import { blobService, managedIdentity } from "../../lib/azure/credential.ts";
import { keyVault } from "../../lib/azure/key-vault.ts";
import { configFromEnvironment } from "../../lib/config.ts";
import type { Clock } from "../../lib/domain/clock.ts";
import type { WrappingKeys } from "../../lib/domain/envelope.ts";
import { toHandler } from "../../lib/http/handler.ts";
import type { Services } from "../../lib/http/services.ts";
import { oidcIdentity } from "../../lib/oidc/identity.ts";
import { endpointFor } from "./declared.ts";

export type AppOptions = {
  clock?: Clock;
  settings?: Record<string, string>;
  /** Stands between the stores and the containers, to count or break what passes. */
  through?: (blobs: Blobs, container: "backups" | "keys") => Blobs;
  keys?: (keys: WrappingKeys) => WrappingKeys;
};

export type App = { services: Services; fetch(url: string, init: RequestInit): Promise<Response> };

/** A fresh instance: nothing is cached yet. */
export function anApp({
  clock = () => new Date(),
  settings = {},
  through = (blobs) => blobs,
  keys = (vault) => vault,
}: AppOptions = {}): App {
  const environment = { ...inject("surroundings").settings, ...settings };
  Object.assign(process.env, pick(environment, "IDENTITY_ENDPOINT", "IDENTITY_HEADER"));
  const { storage, vault, issuers, clientId, ...policy } = configFromEnvironment(environment);
  const credential = managedIdentity(clientId);
  const container = (name: "backups" | "keys") =>
    through(blobContainer(blobService(storage[name], credential).getContainerClient(name)), name);
  const backups = container("backups");
  const ownerKeys = blobOwnerKeys(container("keys"), clock);
  const services: Services = {
    identity: oidcIdentity(issuers, clock),
    heads: blobHeadStore(backups, ownerKeys, policy.staleness),
    versions: blobVersionStore(backups, ownerKeys, keys(keyVault(credential, vault))),
    clock,
    policy: { ...policy, authContexts: issuers.flatMap(({ authContext }) => authContext ?? []) },
  };
  return { services, fetch: (url, init) => serve(services, url, init) };
}

async function serve(services: Services, url: string, init: RequestInit): Promise<Response> {
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
  const context = new InvocationContext({ invocationId: crypto.randomUUID(), logHandler: () => undefined });
  const reply = new HttpResponse((await toHandler(endpoint, services)(request, context)) ?? {});
  return new Response(reply.body === null ? null : await reply.arrayBuffer(), {
    status: reply.status,
    headers: Object.fromEntries(reply.headers),
  });
}

const pick = (record: Record<string, string>, ...names: string[]) =>
  Object.fromEntries(names.map((name) => [name, record[name]]));
