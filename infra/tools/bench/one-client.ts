/** One client: how long each operation takes, beside its least cost in the same rounds. */
import { inTurns, type Run } from "./bench-run.ts";
import { RATIOS } from "./budgets.ts";
import { Figures } from "./figures.ts";
import { prepare, type Unit } from "./load.ts";
import { leastOf, type Operation } from "./operations.ts";
import { LEAST, type Raw } from "./raw.ts";
import { count, figure, ofEachSide, type SideRow } from "./sides-table.ts";

const ROUNDS = 120;
const WARM_UP = 10;

type Part = { operations: readonly Operation[]; least: readonly (keyof typeof LEAST)[] };

/** Recoveries have rounds of their own, so that their later work slows nothing else down. */
const PARTS: readonly Part[] = [
  {
    operations: [
      ...(["first upload", "upload", "staleness", "staleness, first call"] as const),
      ...(["plan", "quiet read", "code check"] as const),
    ],
    least: ["upload", "staleness", "plan", "code check"],
  },
  { operations: ["recovery", "recovery with Idempotency-Key"], least: ["recovery"] },
];

export async function oneClient(run: Run): Promise<void> {
  const figures = new Figures();
  if (run.operations.includes("quiet read"))
    for (const { cast } of run.players) await prepare(run.load, [cast.readersCalls()]);
  for (const part of PARTS) {
    const rounds: Unit[][] = [];
    for (let round = 0; round < WARM_UP + ROUNDS; round++) rounds.push(await roundOf(part, run, round));
    for (const { cast } of run.players) await prepare(run.load, [cast.proversCalls()]);
    await prepare(run.load, [rounds.slice(0, WARM_UP).flat()]);
    figures.add((await run.load.run([rounds.slice(WARM_UP).flat()])).units);
    for (const { side } of run.players) await side.settled();
  }
  tell(run, figures);
}

async function roundOf(
  { operations, least }: Part,
  { players, raw, operations: had }: Run,
  round: number,
): Promise<Unit[]> {
  const units: Unit[] = [];
  for (const operation of operations.filter((each) => had.includes(each)))
    for (const { cast } of inTurns(players, round)) units.push(await cast.unit(operation));
  return [...units, ...least.map((name) => raw[name satisfies keyof Raw]())];
}

function tell({ report, players, operations }: Run, figures: Figures): void {
  report.heading(
    `One client, ${ROUNDS} rounds: milliseconds from the request's first byte to the answer's last, nothing taken off`,
  );
  const rows = operations.flatMap((operation) => {
    const least = figures.of(`least ${leastOf[operation]}`).p50;
    return ofEachSide(players, operation, (name, _, isOurs): SideRow => {
      const { p50, p95, perSecond, problems } = figures.of(name);
      const verdict = report.verdict(p50 / least, RATIOS[operation], { isOurs });
      const cells = [figure(p50), figure(p95), count(perSecond), String(problems.length), figure(least)];
      return {
        values: [p50, p95, perSecond],
        cells: [...cells, figure(p50 / least), verdict, LEAST[leastOf[operation]]],
      };
    });
  });
  const columns = ["p50", "p95", "a second", "errors", "least p50", "ratio"];
  report.table(["", ...columns, "budget of the ratio", "the least, by raw HTTP"], rows, { text: 2 });
  report.problems(figures);
}
