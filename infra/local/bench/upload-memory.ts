/** What the functions process needs, and what it takes, while sixteen phones upload as much as they may. */
import { startHost } from "../host-process.ts";
import type { Stack } from "../stack.ts";
import { WITHOUT_QUEUE } from "./count-calls.ts";
import { CLIENTS } from "./many-clients.ts";
import { atOnce, median } from "./measure.ts";
import { heldTo, peakMemory, SMALL_INSTANCE } from "./memory.ts";
import { aDocument, signUpMany } from "./owners.ts";
import type { Report } from "./report.ts";
import { APP } from "./sign-up.ts";

const BUDGET_MB = 200;
const HEAP_MB = 64;
const RUNS = 3;
const DOCUMENT = aDocument(1000, 850);

export async function uploadMemory(stack: Stack, report: Report): Promise<void> {
  const needed = median(await peaksOf(stack, heldTo(HEAP_MB)));
  const taken = Math.max(...(await peaksOf(stack, SMALL_INSTANCE)));
  const size = (DOCUMENT.length / 2 ** 20).toFixed(2);
  report.heading(`Peak memory of the functions process while ${CLIENTS} clients upload ${size} MiB each`);
  if (Number.isNaN(needed)) return report.row({ name: "resident", value: "", note: "only Linux tells" });
  report.row({
    ...{ name: `what is needed: heap held to ${HEAP_MB} MB`, value: megabytes(needed) },
    ...{ ratio: needed / BUDGET_MB, budget: 1, note: `of the budget; median of ${RUNS}` },
  });
  const note = `V8 takes what it may; highest of ${RUNS}`;
  report.row({ name: "with a small instance's own flags", value: megabytes(taken), note });
}

const megabytes = (value: number) => `${value.toFixed(0)} MB`;

async function peaksOf(stack: Stack, nodeFlags: string[]): Promise<number[]> {
  const peaks: number[] = [];
  for (let run = 0; run < RUNS; run++) peaks.push((await peakOf(stack, nodeFlags)) ?? Number.NaN);
  return peaks;
}

async function peakOf(stack: Stack, nodeFlags: string[]): Promise<number | undefined> {
  const settings = { ...stack.settings, ...WITHOUT_QUEUE };
  const host = await startHost({ appFolder: APP, port: 0, settings, nodeFlags, log: () => undefined });
  const owners = await signUpMany(CLIENTS, { ...stack.addresses, instance: `${host.url}/api` }, DOCUMENT);
  const upload = (turn: number) =>
    owners[turn]?.upload(DOCUMENT) ?? Promise.reject(new RangeError("no owner"));
  await atOnce({ upload }, { clients: CLIENTS, blocks: 3, perBlock: 5 * CLIENTS });
  const peak = peakMemory(host.pid() ?? 0);
  await host.close();
  return peak;
}
