/**
 * `npm run bench`: what each operation costs beside the least that it could ever cost, by raw HTTP in the
 * same rounds. `npm run bench -- --beside FOLDER`: the same, in turns with the app of another checkout. `npm
 * run bench -- --rounds`: how many storage, queue and vault calls wait for each other, and how many there
 * are. `npm run bench -- --cold`: how long a host takes from its start to its first answer. `npm run bench --
 * --owners N`: what changes where there are N owners, and a sweep over all of them. Each exits 1 over a
 * budget that holds today.
 */
import { parseArgs } from "node:util";
import { coldStart } from "./bench/cold-start.ts";
import { everyOperation } from "./bench/every-operation.ts";
import { ownStack } from "./bench/own-stack.ts";
import { aDocument } from "./bench/owners.ts";
import { machine, Report } from "./bench/report.ts";
import { callsInRounds } from "./bench/rounds.ts";
import { atScale } from "./bench/scale.ts";
import { APP } from "./bench/sign-up.ts";
import { buildBundle } from "./build.ts";

const DOCUMENT = aDocument(50);

/** How many owners `--owners` asks for. */
function countOf(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new RangeError("--owners must be a whole number above zero");
}

async function cold(report: Report): Promise<void> {
  await using stack = await ownStack();
  await coldStart(APP, stack.settings, report);
}

const { values } = parseArgs({
  options: {
    cold: { type: "boolean", default: false },
    rounds: { type: "boolean", default: false },
    owners: { type: "string" },
    beside: { type: "string" },
  },
});
const report = new Report();
await buildBundle();
console.log(`${machine()}, a document of 50 accounts: ${DOCUMENT.length} bytes`);
if (values.owners !== undefined) await atScale(countOf(values.owners), report, DOCUMENT);
else if (values.cold) await cold(report);
else if (values.rounds) await callsInRounds(report, DOCUMENT);
else await everyOperation(report, DOCUMENT, values.beside);
process.exitCode = report.over ? 1 : 0;
