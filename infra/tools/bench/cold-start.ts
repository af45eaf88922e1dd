/** The time from a host's start to its first answer: what a person waits for without a warm instance. */
import { setTimeout } from "node:timers/promises";
import { startHost } from "../../local/host-process.ts";
import { COLD_START_MS } from "./budgets.ts";
import type { Report } from "./report.ts";
import { median } from "./statistics.ts";

const RUNS = 15;
/** Lets the machine finish the last run's work before the next. */
const REST_MS = 100;
/** A new instance in Azure has no cache of compiled code. */
const WITHOUT_COMPILE_CACHE = { NODE_DISABLE_COMPILE_CACHE: "1" };

type Settings = Record<string, string>;

export async function coldStart(appFolder: string, settings: Settings, report: Report): Promise<void> {
  const times = { first: [] as number[], again: [] as number[] };
  await firstAnswer(appFolder, settings);
  for (let run = 0; run < RUNS; run++) {
    times.first.push(await firstAnswer(appFolder, { ...settings, ...WITHOUT_COMPILE_CACHE }));
    times.again.push(await firstAnswer(appFolder, settings));
  }
  report.heading(`Cold start: process start to the first answer of health, ${RUNS} runs, milliseconds`);
  report.table(
    ["", "median", "longest", "budget of the median"],
    [
      row(report, "with nothing compiled yet", times.first),
      row(report, "with the last start's compiled code", times.again),
    ],
  );
}

function row(report: Report, name: string, times: number[]): string[] {
  const [middle, longest] = [median(times), Math.max(...times)];
  return [name, middle.toFixed(0), longest.toFixed(0), report.verdict(middle, COLD_START_MS)];
}

async function firstAnswer(appFolder: string, settings: Settings): Promise<number> {
  await setTimeout(REST_MS);
  const startedAt = performance.now();
  const host = await startHost({ appFolder, port: 0, settings, log: () => undefined });
  const { status } = await fetch(`${host.url}/api/health`);
  const milliseconds = performance.now() - startedAt;
  await host.close();
  if (status !== 200) throw new Error(`health answered ${status}`);
  return milliseconds;
}
