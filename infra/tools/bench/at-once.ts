/** Many clients at once: throughput, latency including the queue, and processor time per operation. */
import { setTimeout } from "node:timers/promises";
import { inTurns, type Player, type Run } from "./bench-run.ts";
import { CPU_MS, SHARES } from "./budgets.ts";
import { cpuMs } from "./cpu.ts";
import { Figures } from "./figures.ts";
import { prepare, type Unit } from "./load.ts";
import type { Operation } from "./operations.ts";
import { runBlock } from "./side.ts";
import { count, figure, ofEachSide, type SideRow } from "./sides-table.ts";

const BARE_EACH = 20;
/** Key Vault's limit: 500 operations with an RSA-3072 key in an HSM in ten seconds. */
const VAULT_CEILING = "a vault gives 50 a second";

/**
 * `blocks`: an even number, so that each instance goes first equally often. `each`: operations per client and
 * block.
 */
type Load = { clients: number; blocks: number; each: Partial<Record<Operation, number>> };
type Bare = "PUT" | "GET";

export const SIXTEEN: Load = {
  clients: 16,
  blocks: 4,
  each: {
    upload: 10,
    "first upload": 6,
    staleness: 30,
    plan: 10,
    "code check": 4,
    recovery: 4,
    "recovery with Idempotency-Key": 4,
  },
};
export const SIXTY_FOUR: Load = {
  clients: 64,
  blocks: 2,
  each: {
    upload: 5,
    "first upload": 3,
    staleness: 15,
    plan: 4,
    "code check": 2,
    recovery: 2,
    "recovery with Idempotency-Key": 2,
  },
};

const BARE: Partial<Record<Operation, Bare>> = {
  upload: "PUT",
  "first upload": "PUT",
  staleness: "GET",
};

const operationsOf = ({ operations }: Run, { each }: Load) =>
  operations.filter((operation) => each[operation] !== undefined);

export async function atOnce(run: Run, load: Load): Promise<Figures> {
  const figures = new Figures();
  for (let round = 0; round < load.blocks; round++) {
    for (const operation of operationsOf(run, load)) {
      const bare = BARE[operation];
      if (bare) await bareBlock(run, load, { bare, figures });
      for (const player of inTurns(run.players, round))
        await operationBlock(run, player, { operation, load, figures });
    }
  }
  tell(run, load, figures);
  return figures;
}

async function bareBlock(
  { load, raw }: Run,
  { clients }: Load,
  { bare, figures }: { bare: Bare; figures: Figures },
): Promise<void> {
  const lanes = Array.from({ length: clients }, () =>
    Array.from({ length: BARE_EACH }, (): Unit => raw[bare]()),
  );
  const { units, seconds } = await load.run(lanes);
  figures.add(units);
  figures.of(`least ${bare}`).seconds += seconds;
}

async function operationBlock(
  run: Run,
  { side, cast }: Player,
  { operation, load, figures }: { operation: Operation; load: Load; figures: Figures },
): Promise<void> {
  const { lanes, warmUp } = await cast.lanes(operation, {
    clients: load.clients,
    each: load.each[operation] ?? 1,
  });
  await prepare(run.load, warmUp);
  await side.settled();
  const { units, ...spent } = await runBlock(run.load, side, lanes);
  figures.add(units);
  const figure = figures.of(`${side.name} ${operation}`);
  figure.seconds += spent.seconds;
  figure.cpuMs += spent.cpuMs;
  figure.windowMs += spent.windowMs;
}

function tell(run: Run, load: Load, figures: Figures): void {
  const { report, players } = run;
  const { clients } = load;
  report.heading(`${clients} clients at once: throughput, and latency with the time in the queue included`);
  const rows = operationsOf(run, load).flatMap((name) =>
    ofEachSide(players, name, (key, _, isOurs): SideRow => {
      const { perSecond, p50, p95, problems } = figures.of(key);
      const bare = BARE[name];
      const bareRate = bare ? figures.of(`least ${bare}`).perSecond : Number.NaN;
      const share = perSecond / bareRate;
      const verdict =
        clients === 16 && bare ? report.verdict(share, SHARES[name], { bound: "≥", isOurs }) : "";
      return {
        values: [perSecond, 1000 / perSecond, p50, p95],
        cells: [
          ...[count(perSecond), figure(1000 / perSecond), figure(p50), figure(p95), String(problems.length)],
          ...(bare ? [`${bare} ${count(bareRate)}`, figure(share)] : ["", ""]),
          name.startsWith("recovery") ? VAULT_CEILING : verdict,
        ],
      };
    }),
  );
  const latency = ["latency p50 ms", "latency p95 ms", "errors"];
  report.table(
    ["", "a second", "1/throughput ms", ...latency, "bare a second", "share", "budget of the share"],
    rows,
  );
  report.problems(figures);
}

/** Measures the idle process as long as the longest measurement, as a baseline. */
export async function processorTime(run: Run, figures: Figures): Promise<void> {
  const { report, players } = run;
  const longest = Math.max(...figures.all.map(([, { windowMs }]) => windowMs / SIXTEEN.blocks));
  const before = players.map(({ side }) => cpuMs(side.pid));
  await setTimeout(longest);
  const idle = players.map(({ side }, at) => (cpuMs(side.pid) - (before[at] ?? 0)) / longest);
  report.heading(
    `Processor time of the functions process per operation at ${SIXTEEN.clients} clients, until all that follows is done`,
  );
  const rows = operationsOf(run, SIXTEEN).flatMap((name) =>
    ofEachSide(players, name, (key, player, isOurs): SideRow => {
      const { cpuEach, windowMs, times } = figures.of(key);
      const nothing = ((idle[players.indexOf(player)] ?? 0) * windowMs) / times.length;
      const verdict = report.verdict(cpuEach, CPU_MS[name], { isOurs });
      return { values: [cpuEach], cells: [figure(cpuEach), figure(nothing), count(times.length), verdict] };
    }),
  );
  report.table(["", "CPU-ms", "idle in that time", "operations", "budget"], rows);
  report.note(`Nothing is taken off. The idle process was watched for ${(longest / 1000).toFixed(1)} s.`);
}
