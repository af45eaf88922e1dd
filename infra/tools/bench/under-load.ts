/** Errors and memory under load: 256 clients, and large uploads on a small instance. */
import { startHost } from "../../local/host-process.ts";
import type { Run } from "./bench-run.ts";
import { ERRORS, NEEDED_MB, PEAK_MB } from "./budgets.ts";
import { prepare, type Unit } from "./load.ts";
import { heldTo, memoryOf, SMALL_INSTANCE } from "./memory.ts";
import type { Operation } from "./operations.ts";
import { aDocument } from "./owners.ts";
import { WITHOUT_QUEUE } from "./settings.ts";
import { count, ofEachSide, type SideRow } from "./sides-table.ts";
import { APP, ownersWith } from "./sign-up.ts";
import { median } from "./statistics.ts";

const CLIENTS = 256;
const LARGE = { clients: 16, each: 10, accounts: 1000, secretBytes: 531, heapMb: 64, runs: 3 };
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
    const verdict = report.verdict(problems.length, ERRORS, { isOurs: side === players[0]?.side });
    report.table(
      ["", "operations", "errors", "budget"],
      [[side.name, count(units.length), count(problems.length), verdict]],
    );
    if (problems[0] !== undefined) report.note(problems[0]);
  }
}

export function memory({ report, players }: Run): void {
  report.heading("Memory of the functions process after all that, in MB; V8 may take what it wants");
  const rows = ofEachSide(players, "resident", (_, { side }, isOurs): SideRow => {
    const { resident, peak } = memoryOf(side.pid);
    const verdict = report.verdict(peak, PEAK_MB, { isOurs });
    return { values: [resident, peak], cells: [count(resident), count(peak), verdict] };
  });
  report.table(["", "now", "peak", "budget of the peak"], rows);
}

/** With a small instance's flags: the memory it takes, and with a small heap the memory it needs. */
export async function largeUploads({ stack, load, report }: Run): Promise<void> {
  const document = aDocument(LARGE.accounts, LARGE.secretBytes);
  const peakWith = async (nodeFlags: string[]) => {
    const settings = { ...stack.settings, ...WITHOUT_QUEUE };
    const host = await startHost({ appFolder: APP, port: 0, settings, nodeFlags, log: () => undefined });
    const where = { ...stack.addresses, instance: `${host.url}/api` };
    const owners = await ownersWith(1, { load, where, document, count: LARGE.clients });
    const uploads = (owner: (typeof owners)[number]) =>
      Array.from({ length: LARGE.each }, () => owner.upload(document));
    await prepare(load, owners.map(uploads));
    const { peak } = memoryOf(host.pid() ?? 0);
    await host.close();
    return peak;
  };
  const size = (document.length / 2 ** 20).toFixed(2);
  const peaks: number[] = [];
  for (let run = 0; run < LARGE.runs; run++) peaks.push(await peakWith(heldTo(LARGE.heapMb)));
  const [needed, taken] = [median(peaks), await peakWith(SMALL_INSTANCE)];
  report.heading(
    `Peak memory of a small instance while ${LARGE.clients} clients upload ${size} MiB each, in MB`,
  );
  report.table(
    ["", "peak", "budget"],
    [
      [
        `what is needed: heap held to ${LARGE.heapMb} MB, median of ${LARGE.runs}`,
        count(needed),
        report.verdict(needed, NEEDED_MB),
      ],
      ["what V8 takes with the small instance's own flags", count(taken), ""],
    ],
  );
}
