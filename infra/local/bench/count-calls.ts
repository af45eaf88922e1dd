/** Counts the storage and vault calls of each operation on an instance that has just started. */
import { setTimeout } from "node:timers/promises";
import * as z from "zod";
import { startHost } from "../host-process.ts";
import type { Stack } from "../stack.ts";
import { type StorageCounts, startCountingProxy } from "./counting-proxy.ts";
import { Owner } from "./owners.ts";
import { Prover, providerToken } from "./provers.ts";

const WITHOUT_MESSAGES = {
  "AzureWebJobs.deliver-messages.Disabled": "true",
  "AzureWebJobs.start-sweeps.Disabled": "true",
};

/** The host's own polling would be counted, and its memory measured, where Azure's host has a process of its own. */
export const WITHOUT_QUEUE = { ...WITHOUT_MESSAGES, "AzureWebJobs.sweep-page.Disabled": "true" };

/** Nothing but sweeps, also where the stack's own host leaves them alone. */
export const SWEEPS_ONLY = { ...WITHOUT_MESSAGES, "AzureWebJobs.sweep-page.Disabled": "false" };

const VaultCounters = z.record(z.string(), z.number());

export type CallCounts = StorageCounts & { name: string; vault: number };

export async function countCalls(stack: Stack, appFolder: string, document: string): Promise<CallCounts[]> {
  const { blob, vault } = stack.addresses;
  const proxy = await startCountingProxy(blob);
  const settings = { ...through(proxy.url, blob, stack.settings), ...WITHOUT_QUEUE };
  const host = await startHost({ appFolder, port: 0, settings, log: () => undefined });
  const [owner, prover] = [new Owner(stack.addresses), new Prover(stack.addresses)];
  const token = await providerToken(stack.addresses.issuer, "Codes.Verify");
  await prover.signUp(await providerToken(stack.addresses.issuer, "Tickets.Issue"));
  for (const each of [owner, prover]) each.moveTo(`${host.url}/api`);
  const counted = async (name: string, work: () => Promise<unknown>): Promise<CallCounts> => {
    const before = await vaultCalls(vault);
    await work();
    const after = await settled(() => vaultCalls(vault));
    return { name, ...proxy.take(), vault: after - before };
  };
  const counts = [
    await counted("first upload of an owner", () => owner.signUp(document)),
    await counted("upload", () => owner.upload(document)),
    await counted("staleness", () => owner.staleness()),
    await counted("plan, and a shard key", () => owner.plan()),
    await counted("recovery", () => owner.recover()),
    await counted("code check", () => prover.checkCode(token)),
  ];
  await host.close();
  await proxy.close();
  return counts;
}

const QUIET_MS = 100;

/** What is fetched for later may come after the answer: the count once it stands still. */
async function settled(count: () => Promise<number>): Promise<number> {
  for (let last = await count(); ; ) {
    await setTimeout(QUIET_MS);
    const now = await count();
    if (now === last) return now;
    last = now;
  }
}

/** The settings of an instance whose storage calls pass the proxy. */
export const through = (proxyUrl: string, blobUrl: string, settings: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, value.replaceAll(blobUrl, proxyUrl)]),
  );

/** Each request for one operation; the vault's own challenge of a client without a token is none. */
async function vaultCalls(vault: string): Promise<number> {
  const {
    unauthenticated: _,
    unauthenticatedWithBody: __,
    ...calls
  } = VaultCounters.parse(await (await fetch(`${vault}/dev/counters`)).json());
  return Object.values(calls).reduce((sum, count) => sum + count, 0);
}
