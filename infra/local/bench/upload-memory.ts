/** What the functions process needs while sixteen phones upload as much as they may. */
import { startHost } from "../host-process.ts";
import type { Stack } from "../stack.ts";
import { WITHOUT_QUEUE } from "./count-calls.ts";
import { CLIENTS } from "./many-clients.ts";
import { atOnce, median } from "./measure.ts";
import { HELD_TO, peakMemory } from "./memory.ts";
import { aDocument, signUpMany } from "./owners.ts";
import type { Report } from "./report.ts";
import { APP } from "./sign-up.ts";

const BUDGET_MB = 200;
const RUNS = 3;
/** What an instance of 512 MB runs with: V8 then collects early instead of growing. */
const SMALL_INSTANCE = ["--memory-saver-mode", "--optimize-for-size"];
const DOCUMENT = aDocument(1000, 850);

export async function uploadMemory(stack: Stack, report: Report): Promise<void> {
  const peaks: number[] = [];
  for (let run = 0; run < RUNS; run++) peaks.push((await peakOf(stack)) ?? Number.NaN);
  const size = (DOCUMENT.length / 2 ** 20).toFixed(2);
  report.heading(`Memory of the functions process while ${CLIENTS} clients upload ${size} MiB each`);
  const peak = median(peaks);
  if (Number.isNaN(peak)) return report.row({ name: "peak resident", value: "", note: "only Linux tells" });
  const note = `of the budget; median of ${RUNS}`;
  const value = `${peak.toFixed(0)} MB`;
  report.row({ name: "peak resident", value, ratio: peak / BUDGET_MB, budget: 1, note });
}

async function peakOf(stack: Stack): Promise<number | undefined> {
  const settings = { ...stack.settings, ...WITHOUT_QUEUE };
  const nodeFlags = [...SMALL_INSTANCE, ...HELD_TO];
  const host = await startHost({ appFolder: APP, port: 0, settings, nodeFlags, log: () => undefined });
  const owners = await signUpMany(CLIENTS, { ...stack.addresses, instance: `${host.url}/api` }, DOCUMENT);
  const upload = (turn: number) =>
    owners[turn]?.upload(DOCUMENT) ?? Promise.reject(new RangeError("no owner"));
  await atOnce({ upload }, { clients: CLIENTS, blocks: 3, perBlock: 5 * CLIENTS });
  const peak = peakMemory(host.pid() ?? 0);
  await host.close();
  return peak;
}
