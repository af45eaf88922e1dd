/**
 * `npm run bench`: what each operation costs beside bare storage and vault calls, measured in turns in one run.
 * `npm run bench -- --cold`: how long a host takes from its start to its first answer.
 * `npm run bench -- --owners N`: the same operations where there are N owners, and a sweep over all of them.
 * Each exits 1 over budget.
 */
import { parseArgs } from "node:util";
import { coldStart } from "./bench/cold-start.ts";
import { countCalls } from "./bench/count-calls.ts";
import { decisions } from "./bench/decisions.ts";
import { manyClients } from "./bench/many-clients.ts";
import { oneClient } from "./bench/one-client.ts";
import { ownStack } from "./bench/own-stack.ts";
import { aDocument } from "./bench/owners.ts";
import { machine, Report } from "./bench/report.ts";
import { atScale } from "./bench/scale.ts";
import { APP } from "./bench/sign-up.ts";
import { uploadMemory } from "./bench/upload-memory.ts";
import { buildBundle } from "./build.ts";
import type { Stack } from "./stack.ts";

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

async function counts(stack: Stack, report: Report): Promise<void> {
  report.heading("Calls per operation, on an instance that has just started");
  for (const { name, reads, writes, vault } of await countCalls(stack, APP, DOCUMENT)) {
    report.counts({ name, counts: { reads, writes, vault }, most: MOST_CALLS[name] ?? {} });
  }
}

async function everyOperation(stack: Stack, report: Report): Promise<void> {
  await oneClient(stack, report, DOCUMENT);
  await manyClients(stack, report, DOCUMENT);
  await uploadMemory(stack, report);
  await counts(stack, report);
  decisions(report);
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
