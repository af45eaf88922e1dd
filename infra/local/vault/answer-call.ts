/** The vault's pipeline: authenticate, find the operation, apply a fault, check access and throttle, act. */
import { setTimeout } from "node:timers/promises";
import { Refusal } from "../loopback-server.ts";
import { assertAllowed, changesKeys } from "./access.ts";
import type { Switches } from "./dev-routes.ts";
import { type Fault, refusalOf } from "./faults.ts";
import { keyOperations } from "./key-operations.ts";
import type { Operation, Reply, Vault } from "./operation.ts";
import { badParameter, throttled, unauthorized, vaultAudience } from "./refusal.ts";
import { wrapOperations } from "./wrap-operations.ts";

const operations: readonly Operation[] = [...keyOperations, ...wrapOperations];

export type VerifyToken = (token: string, audience: string) => Promise<string>;
type IncomingCall = { method: string; url: URL; authorization: string | undefined; body: string };
export type Guards = Switches & { verifyToken: VerifyToken };

/** Ordered by a fault: the connection breaks instead of an answer. */
export class Disconnected extends Error {}

export async function answerCall(call: IncomingCall, vault: Vault, guards: Guards): Promise<Reply> {
  const principal = await authenticate(call, guards);
  const { operation, name, version } = findOperation(call);
  guards.counters.count(operation.name);
  await meetFault(guards.faults.take(changesKeys(operation.permission)));
  assertApiVersion(call.url);
  assertAllowed(principal, operation.permission);
  assertAdmitted(guards, vault, operation, name);
  return await operation.handle({ name, version, body: call.body }, vault);
}

async function authenticate({ authorization, body }: IncomingCall, { verifyToken, counters }: Guards) {
  const token = /^Bearer (\S+)$/i.exec(authorization ?? "")?.[1];
  try {
    if (!token) throw unauthorized();
    return await verifyToken(token, vaultAudience);
  } catch (cause) {
    counters.count("unauthenticated");
    if (body) counters.count("unauthenticatedWithBody");
    throw cause instanceof Refusal ? cause : unauthorized("Error validating token.", cause);
  }
}

function findOperation({ method, url }: IncomingCall) {
  for (const operation of operations) {
    const match = operation.route.exec(`${method} ${url.pathname}`);
    if (match)
      return { operation, name: match.groups?.["name"] ?? "", version: match.groups?.["version"] ?? "" };
  }
  throw new Refusal(404, "NotFound", `The vault has no operation ${method} ${url.pathname}.`);
}

async function meetFault(fault: Fault | undefined): Promise<void> {
  if (!fault) return;
  if (fault.latencyMs) await setTimeout(fault.latencyMs, undefined, { ref: false });
  if (fault.disconnect) throw new Disconnected();
  const refusal = refusalOf(fault);
  if (refusal) throw refusal;
}

function assertApiVersion(url: URL): void {
  if (!url.searchParams.get("api-version")) throw badParameter("api-version must be specified");
}

function assertAdmitted({ throttle }: Guards, { keys }: Vault, operation: Operation, name: string): void {
  const makesKey = operation.permission === "create" || operation.permission === "rotate";
  if (!throttle.admit({ keySize: keys.peek(name)?.size, makesKey })) throw throttled();
}
