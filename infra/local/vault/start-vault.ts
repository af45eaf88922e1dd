/** A small Key Vault for development: the REST calls of the SDK's key clients, on loopback. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { type LoopbackServer, readBody, sendJson, serveOnLoopback } from "../loopback-server.ts";
import { answerCall, Disconnected, type Guards, type VerifyToken } from "./answer-call.ts";
import { createCounters } from "./counters.ts";
import { answerDevRoute } from "./dev-routes.ts";
import { createFaults } from "./faults.ts";
import { openKeyRing } from "./key-ring.ts";
import type { Reply, Vault } from "./operation.ts";
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

export async function startVault(options: VaultOptions): Promise<LoopbackServer> {
  const keys = openKeyRing(options.dataFile);
  const guards: Guards = {
    verifyToken: options.verifyToken,
    faults: createFaults(),
    throttle: createThrottle(options.operationsPer10Seconds),
    counters: createCounters(),
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
    if (!(error instanceof Disconnected)) throw error;
    response.destroy();
  }
}

async function route(request: IncomingMessage, vault: Vault, guards: Guards): Promise<Reply> {
  const { method = "GET" } = request;
  const url = new URL(vault.url + request.url);
  const body = await readBody(request);
  if (url.pathname.startsWith("/dev/")) return answerDevRoute(`${method} ${url.pathname}`, body, guards);
  return answerCall({ method, url, authorization: request.headers.authorization, body }, vault, guards);
}
