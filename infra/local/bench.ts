/**
 * `npm run bench`: what each operation costs beside bare storage and vault calls, measured in turns in one run.
 * `npm run bench -- --cold`: how long a host takes from its start to its first answer.
 * `npm run bench -- --owners N`: the same operations where there are N owners, and a sweep over all of them.
 * Each exits 1 over budget.
 */
import { parseArgs } from "node:util";
import { coldStart } from "./bench/cold-start.ts";
import { countCalls, WITHOUT_QUEUE } from "./bench/count-calls.ts";
import { CLIENTS, manyClients } from "./bench/many-clients.ts";
import { atOnce } from "./bench/measure.ts";
import { peakMemory } from "./bench/memory.ts";
import { oneClient } from "./bench/one-client.ts";
import { ownStack } from "./bench/own-stack.ts";
import { aDocument, signUpMany } from "./bench/owners.ts";
import { machine, Report } from "./bench/report.ts";
import { atScale } from "./bench/scale.ts";
import { APP } from "./bench/sign-up.ts";
import { buildBundle } from "./build.ts";
import { startHost } from "./host-process.ts";
import type { Stack } from "./stack.ts";

const MEMORY_BUDGET_MB = 200;
/** What an instance of 512 MB runs with: V8 then collects early instead of growing. */
const SMALL_INSTANCE = ["--memory-saver-mode", "--optimize-for-size", "--max-semi-space-size=1"];
/** An instance's first use of a shard key is a vault call more. */
const MOST_CALLS: Record<string, Record<string, number>> = {
  "first upload of an owner": { vault: 0, writes: 3 },
  upload: { vault: 0, writes: 2 },
  staleness: { vault: 0, writes: 0, reads: 2 },
  "plan, and a shard key": { vault: 2 },
  recovery: { vault: 1 },
  "code check": { writes: 1 },
};
const DOCUMENT = aDocument(50);
const LARGE_DOCUMENT = aDocument(1000, 850);
const quiet = () => undefined;

async function memory(stack: Stack, report: Report): Promise<void> {
  const settings = { ...stack.settings, ...WITHOUT_QUEUE };
  const host = await startHost({ appFolder: APP, port: 0, settings, nodeFlags: SMALL_INSTANCE, log: quiet });
  const where = { ...stack.addresses, instance: `${host.url}/api` };
  const owners = await signUpMany(CLIENTS, where, LARGE_DOCUMENT);
  const upload = (turn: number) => (owners[turn] ?? fail()).upload(LARGE_DOCUMENT);
  await atOnce({ upload }, { clients: CLIENTS, blocks: 3, perBlock: 5 * CLIENTS });
  const peak = peakMemory(host.pid() ?? 0);
  await host.close();
  if (peak === undefined) return;
  const size = (LARGE_DOCUMENT.length / 2 ** 20).toFixed(2);
  report.heading(`Memory of the functions process while ${CLIENTS} clients upload ${size} MiB each`);
  const note = "of the budget";
  report.row({
    name: "peak resident",
    value: `${peak.toFixed(0)} MB`,
    ratio: peak / MEMORY_BUDGET_MB,
    budget: 1,
    note,
  });
}

async function counts(stack: Stack, report: Report): Promise<void> {
  report.heading("Calls per operation, on an instance that has just started");
  for (const { name, reads, writes, vault } of await countCalls(stack, APP, DOCUMENT)) {
    report.counts({ name, counts: { reads, writes, vault }, most: MOST_CALLS[name] ?? {} });
  }
}

function fail(): never {
  throw new RangeError("no such owner");
}

async function everyOperation(stack: Stack, report: Report): Promise<void> {
  await oneClient(stack, report, DOCUMENT);
  await manyClients(stack, report, DOCUMENT);
  await memory(stack, report);
  await counts(stack, report);
}

/** How many owners `--owners` asks for. */
function countOf(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new RangeError("--owners must be a whole number above zero");
}

const { values } = parseArgs({
  options: { cold: { type: "boolean", default: false }, owners: { type: "string" } },
});
const report = new Report();
await buildBundle();
console.log(machine());
if (values.owners !== undefined) {
  await atScale(countOf(values.owners), report, DOCUMENT);
} else {
  await using stack = await ownStack();
  if (values.cold) await coldStart(APP, stack.settings, report);
  else await everyOperation(stack, report);
}
process.exitCode = report.over ? 1 : 0;
