/** A small Key Vault for development: the REST calls of the SDK's key clients, on loopback. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { type LoopbackServer, readBody, sendJson, serveOnLoopback } from "../loopback-server.ts";
import {
  answerCall,
  Disconnected,
  type Guards,
  operations,
  type VerifyToken,
  vaultAudience,
} from "./answer-call.ts";
import { createCounters } from "./counters.ts";
import { answerDevRoute } from "./dev-routes.ts";
import { createFaults } from "./faults.ts";
import { openKeyRing } from "./key-ring.ts";
import type { Reply, Vault } from "./operation.ts";
import { Refusal } from "./refusal.ts";
import { createThrottle } from "./throttle.ts";

type VaultOptions = {
  port: number;
  /** Where keys are stored between starts; without it, in memory. */
  dataFile?: string;
  /** The principal of a token for this audience; rejects if it isn't valid. */
  verifyToken: VerifyToken;
  /** `null` for no limit; by default 500 (a 3072-bit key in an HSM). */
  operationsPer10Seconds?: number | null;
};

const challenge = `Bearer authorization="https://login.windows.net/00000000-0000-0000-0000-000000000000", resource="${vaultAudience}"`;

export async function startVault(options: VaultOptions): Promise<LoopbackServer> {
  const keys = openKeyRing(options.dataFile);
  const guards: Guards = {
    verifyToken: options.verifyToken,
    faults: createFaults(),
    throttle: createThrottle(options.operationsPer10Seconds),
    counters: createCounters(operations.map(({ name }) => name)),
  };
  return serveOnLoopback(
    options.port,
    (url) => (request, response) => answer(request, response, { url, keys }, guards),
  );
}

async function answer(request: IncomingMessage, response: ServerResponse, vault: Vault, guards: Guards) {
  try {
    const reply = await route(request, vault, guards);
    sendJson(response, reply.status, reply.body);
  } catch (error) {
    if (error instanceof Disconnected) response.destroy();
    else if (error instanceof Refusal) refuse(response, error);
    else throw error;
  }
}

async function route(request: IncomingMessage, vault: Vault, guards: Guards): Promise<Reply> {
  const { method = "GET" } = request;
  const url = new URL(vault.url + request.url);
  const body = await readBody(request);
  if (url.pathname.startsWith("/dev/")) return answerDevRoute(`${method} ${url.pathname}`, body, guards);
  return answerCall({ method, url, authorization: request.headers.authorization, body }, vault, guards);
}

function refuse(response: ServerResponse, refusal: Refusal): void {
  const headers = refusal.status === 401 ? { "www-authenticate": challenge } : undefined;
  sendJson(response, refusal.status, refusal.body, headers);
}
