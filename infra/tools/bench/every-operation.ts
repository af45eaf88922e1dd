/** The whole of `npm run bench`, section by section, for one instance or for two in turns. */
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { Closers } from "../../local/closers.ts";
import { atOnce, processorTime, SIXTEEN, SIXTY_FOUR } from "./at-once.ts";
import type { Player, Run } from "./bench-run.ts";
import { Cast } from "./cast.ts";
import { decisions } from "./decisions.ts";
import { type LoadClient, startLoadClient } from "./load.ts";
import { oneClient } from "./one-client.ts";
import { OPERATIONS, type Operation, RECENT } from "./operations.ts";
import { ownStack } from "./own-stack.ts";
import { rawCalls } from "./raw.ts";
import type { Report } from "./report.ts";
import { startSide } from "./side.ts";
import { APP } from "./sign-up.ts";
import { crowd, largeUploads, memory } from "./under-load.ts";

/** On a busy machine the run takes longer than a sign-in stays fresh. */
const PATIENT = { SIGN_IN_MAX_AGE_SECONDS: "3600" };

/** `beside`: another checkout, whose app is measured in turns with this one. */
export async function everyOperation(report: Report, document: string, beside?: string): Promise<void> {
  const apps = [{ name: "this", appFolder: APP }];
  if (beside !== undefined) apps.push({ name: "beside", appFolder: built(beside) });
  await using stack = await ownStack({ host: "none", settings: PATIENT });
  const closers = new Closers();
  const load = startLoadClient();
  closers.add(async () => load.close());
  try {
    const players: Player[] = [];
    for (const app of apps) {
      const side = await startSide(stack, { ...app, closers });
      players.push({ side, cast: await Cast.of({ stack, load, document }, side) });
    }
    const raw = await rawCalls(players[0]?.side.settings ?? stack.settings, document.length);
    await sections({ stack, load, report, raw, players, operations: await had(load, players) });
  } finally {
    await closers.close();
  }
}

/** Leaves out operations that another checkout answers with 404. */
async function had(load: LoadClient, players: readonly Player[]): Promise<readonly Operation[]> {
  const missing = new Set<Operation>();
  for (const { cast } of players)
    for (const operation of RECENT) {
      const { units } = await load.run([[await cast.unit(operation)]]);
      if (units.some(({ problem }) => problem?.startsWith("404"))) missing.add(operation);
    }
  return OPERATIONS.filter((operation) => !missing.has(operation));
}

async function sections(run: Run): Promise<void> {
  if (run.players.length > 1) run.report.note("Quotient: this checkout's figure by that of the other one.");
  await oneClient(run);
  const figures = await atOnce(run, SIXTEEN);
  await processorTime(run, figures);
  await atOnce(run, SIXTY_FOUR);
  await crowd(run);
  memory(run);
  await largeUploads(run);
  decisions(run.report);
}

/** Builds its bundle with its own script, which may complain about a busy machine after finishing. */
function built(folder: string): string {
  const appFolder = resolve(folder);
  const startedAt = Date.now();
  const { stdout, stderr } = spawnSync("npm", ["run", "--silent", "build"], {
    cwd: appFolder,
    encoding: "utf8",
  });
  const bundle = statSync(join(appFolder, "dist/index.js"), { throwIfNoEntry: false });
  if (bundle && bundle.mtimeMs >= startedAt) return appFolder;
  throw new Error(`npm run build made no bundle in ${appFolder}: ${stdout}${stderr}`);
}
