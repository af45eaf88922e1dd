/** What only a crowd shows: whether anything fails at 256 clients, and how much memory the functions process then has. */
import type { Run } from "./bench-run.ts";
import { ERRORS, PEAK_MB } from "./budgets.ts";
import type { Unit } from "./load.ts";
import { memoryOf } from "./memory.ts";
import type { Operation } from "./operations.ts";
import { count, ofEachSide, type SideRow } from "./sides-table.ts";

const CLIENTS = 256;
const EACH: readonly Operation[] = ["first upload", "staleness, first call", "plan", "recovery"];

export async function crowd({ load, report, players }: Run): Promise<void> {
  report.heading(`${CLIENTS} clients at once: errors`);
  for (const { side, cast } of players) {
    const lanes: Unit[][] = [];
    for (let lane = 0; lane < CLIENTS; lane++) {
      const units: Unit[] = [];
      for (const operation of EACH) units.push(await cast.unit(operation));
      lanes.push(units);
    }
    const { units } = await load.run(lanes);
    await side.settled();
    const problems = units.flatMap(({ problem }) => (problem === undefined ? [] : [problem]));
    const verdict = report.verdict(problems.length, ERRORS);
    report.table(
      ["", "operations", "errors", "budget"],
      [[side.name, count(units.length), count(problems.length), verdict]],
    );
    if (problems[0] !== undefined) report.note(problems[0]);
  }
}

export function memory({ report, players }: Run): void {
  report.heading("Memory of the functions process after all that, in MB; V8 may take what it wants");
  const rows = ofEachSide(players, "resident", (_, { side }): SideRow => {
    const { resident, peak } = memoryOf(side.pid);
    const verdict = report.verdict(peak, PEAK_MB);
    return { values: [resident, peak], cells: [count(resident), count(peak), verdict] };
  });
  report.table(["", "now", "peak", "budget of the peak"], rows);
}
