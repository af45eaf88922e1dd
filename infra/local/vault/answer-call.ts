/** The one pipeline of the vault: authenticate, find the operation, meet a fault, check access and throttle, act. */
import { setTimeout } from "node:timers/promises";
import { type Access, assertAllowed } from "./access.ts";
import type { Switches } from "./dev-routes.ts";
import { type Fault, refusalOf } from "./faults.ts";
import type { Operation, Reply, Vault } from "./operation.ts";
import { operations } from "./operations.ts";
import { badParameter, Refusal, throttled, unauthorized } from "./refusal.ts";

export const vaultAudience = "https://vault.azure.net";

export type VerifyToken = (token: string, audience: string) => Promise<string>;
type IncomingCall = { method: string; url: URL; authorization: string | undefined; body: string };
export type Guards = Switches & { access: Access; verifyToken: VerifyToken };

/** Ordered by a fault: the connection breaks instead of an answer. */
export class Disconnected extends Error {}

export async function answerCall(call: IncomingCall, vault: Vault, guards: Guards): Promise<Reply> {
  const principal = await authenticate(call, guards);
  const { operation, name, version } = findOperation(call);
  const { observations } = guards;
  observations.count(operation.name);
  const event = {
    time: new Date().toISOString(),
    operation: operation.name,
    principal,
    resource: call.url.pathname,
  };
  try {
    await meetFault(guards.faults.take(operation));
    assertApiVersion(call.url);
    assertAllowed(guards.access, principal, operation.permission);
    assertAdmitted(guards, vault, operation, name);
    const reply = await operation.handle({ name, version, body: call.body }, vault);
    observations.record({ ...event, status: reply.status });
    return reply;
  } catch (error) {
    observations.record({ ...event, status: error instanceof Refusal ? error.status : 500 });
    throw error;
  }
}

async function authenticate({ authorization, body }: IncomingCall, { verifyToken, observations }: Guards) {
  const token = /^Bearer (\S+)$/i.exec(authorization ?? "")?.[1];
  try {
    if (!token) throw unauthorized();
    return await verifyToken(token, vaultAudience);
  } catch (cause) {
    observations.count("unauthenticated");
    if (body) observations.count("unauthenticatedWithBody");
    throw cause instanceof Refusal ? cause : unauthorized("Error validating token.", cause);
  }
}

function findOperation({ method, url }: IncomingCall) {
  for (const operation of operations) {
    const match = operation.method === method ? operation.path.exec(url.pathname) : null;
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
  const makesKey = operation.permission === "create" || operation.name === "rotateKey";
  if (!throttle.admit({ keySize: keys.peek(name)?.size, makesKey })) throw throttled();
}
