/** One sweep over all storage by an otherwise idle instance: its speed, calls and memory. */
import { setTimeout } from "node:timers/promises";
import * as z from "zod";
import { startHost } from "../../local/host-process.ts";
import type { Stack } from "../../local/stack.ts";
import { SWEEP_LISTS, SWEEP_MB } from "./budgets.ts";
import { heldTo, memoryOf } from "./memory.ts";
import { providerToken } from "./provers.ts";
import { blobKind, type Kind, startProxy } from "./recording-proxy.ts";
import type { Report } from "./report.ts";
import { SWEEPS_ONLY, through } from "./settings.ts";
import { APP } from "./sign-up.ts";

const HEAP_MB = 32;
/** The number of owners that the budget of list calls assumes. */
const LISTS_FOR = 100_000;
const LOOK_MS = 200;
/** Last lines of a host that ended: enough to say why. */
const LAST_WORDS = 30;

const Progress = z.object({
  sweeps: z.array(z.looseObject({ sweep: z.string(), handled: z.int(), finishedAt: z.string().optional() })),
});

export async function sweepAll(
  { settings, addresses }: Stack,
  { count, due }: { count: number; due: number },
  report: Report,
): Promise<void> {
  const proxy = await startProxy(addresses.blob, {
    kindOf: (call) => (isWork(call.url) ? blobKind(call) : undefined),
  });
  const said: string[] = [];
  const host = await startHost({
    appFolder: APP,
    port: 0,
    nodeFlags: heldTo(HEAP_MB),
    log: (line: string) => said.push(line),
    settings: { ...through(settings, { from: addresses.blob, to: proxy.url }), ...SWEEPS_ONLY },
  });
  const headers = { authorization: `Bearer ${await providerToken(addresses.issuer, "Sweeps.Run")}` };
  const startedAt = performance.now();
  await fetch(`${host.url}/api/v1/sweeps/owners`, { method: "POST", headers });
  const handled = await finished(`${host.url}/api/v1/sweeps`, headers).catch((cause: unknown) => {
    const lastWords = said.filter((line) => !line.startsWith("INFORMATION")).slice(-LAST_WORDS);
    throw new Error(`The sweep didn't come to its end. ${lastWords.join("\n")}`, { cause });
  });
  const seconds = (performance.now() - startedAt) / 1000;
  const calls = proxy.take();
  const countOf = (wanted: Kind) => calls.filter(({ kind }) => kind === wanted).length;
  const [reads, lists, writes] = [countOf("read"), countOf("list"), countOf("write")];
  const { peak } = memoryOf(host.pid() ?? 0);
  await host.close();
  await proxy.close();
  report.heading(`One sweep over ${count} owners`);
  const listBudget = count === LISTS_FOR ? `; ${report.verdict(lists, SWEEP_LISTS)}` : "";
  const each = handled === 0 ? 0 : reads / handled;
  const ofReads = `${each.toFixed(1)} for each of ${handled} that were due (${due} expected); ${writes} writes`;
  const rows = [
    ["all of it", `${seconds.toFixed(1)} s`, `${(count / seconds).toFixed(0)} owners a second`],
    ["list calls", String(lists), `${Math.round(count / lists)} owners each${listBudget}`],
    ["reads", String(reads), ofReads],
  ];
  if (!Number.isNaN(peak)) {
    const budget = `heap held to ${HEAP_MB} MB; ${report.verdict(peak, SWEEP_MB)}`;
    rows.push(["peak resident", `${peak.toFixed(0)} MB`, budget]);
  }
  report.table(["", "measured", ""], rows);
}

/** Leaves out the sweep's progress: those reads and writes depend on pages and on how often we poll. */
const isWork = (path: string) => !path.includes("/backups/sweeps/");

/** Returns how many backups were due. */
async function finished(url: string, headers: Record<string, string>): Promise<number> {
  for (;;) {
    const { sweeps } = Progress.parse(await (await fetch(url, { headers })).json());
    const owners = sweeps.find(({ sweep }) => sweep === "owners");
    if (owners?.finishedAt) return owners.handled;
    await setTimeout(LOOK_MS);
  }
}
