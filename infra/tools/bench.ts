/** `npm run bench`: what each operation costs, beside the least that it could cost. */
/**
 * Without options: measures each operation beside raw HTTP in the same rounds. `--beside FOLDER`: in turns
 * with the app of another checkout. `--rounds`: how many storage, queue and vault calls wait for each other,
 * and how many there are. `--cold`: the time from a host's start to its first answer. `--owners N`: what
 * changes with N owners, and a sweep over all of them. Each exits 1 if a figure exceeds its present budget.
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

/** The number of owners that `--owners` gives. */
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
