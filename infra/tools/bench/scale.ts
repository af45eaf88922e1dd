/** Many owners: each operation's cost beside the same one with few owners, and a whole sweep. */
import { pathOf, spawnNode } from "../../local/child.ts";
import type { Stack } from "../../local/stack.ts";
import { MANY_OWNERS } from "./budgets.ts";
import { at } from "./cast.ts";
import { Figures } from "./figures.ts";
import { type LoadClient, prepare, startLoadClient, type Unit } from "./load.ts";
import { type OwnStack, ownStack } from "./own-stack.ts";
import { progressBar } from "./progress-bar.ts";
import { rawCalls } from "./raw.ts";
import { milliseconds, type Report } from "./report.ts";
import { WITHOUT_QUEUE } from "./settings.ts";
import { ownersWith, withHelper } from "./sign-up.ts";
import { sweepAll } from "./sweep.ts";

const FEW = 100;
const ROUNDS = 300;
const WARM_UP = 50;
/** One in a hundred backups has gone stale since the last sweep. */
const DUE_SHARE = 100;
const FILLERS = 2;

const OPERATIONS = ["put", "get", "upload", "staleness", "recovery"] as const;
type Operation = (typeof OPERATIONS)[number];
/**
 * Unlike Azure, the storage stand-in slows down as it fills up: compare each operation with a bare call to
 * its own storage.
 */
const BARE = { upload: "put", staleness: "get", recovery: "put" } as const;

export async function atScale(count: number, report: Report, document: string): Promise<void> {
  await using few = await filled(FEW);
  await using many = await filled(count);
  await side(few, many, { count, report, document });
  await sweepAll(many, { count, due: Math.floor(count / DUE_SHARE) }, report);
}

/** A stack whose storage holds that many owners. */
async function filled(count: number): Promise<OwnStack> {
  // Azurite rewrites its whole index on disk repeatedly: that cost grows with the owners and isn't ours.
  const stack = await ownStack({ settings: WITHOUT_QUEUE, storageInMemory: true });
  const bar = progressBar(`${count} owners`, count);
  const due = Math.floor(count / DUE_SHARE);
  const shares = Array.from({ length: FILLERS }, (_, filler) => ({
    count: shareOf(count, filler),
    due: shareOf(due, filler),
  }));
  await Promise.all(shares.map((share) => fill(stack, share, bar.step)));
  return stack;
}

/** Whole numbers that add up to the total. */
const shareOf = (total: number, at: number) =>
  Math.floor(((at + 1) * total) / FILLERS) - Math.floor((at * total) / FILLERS);

async function fill(
  { settings }: Stack,
  { count, due }: { count: number; due: number },
  step: () => void,
): Promise<void> {
  const problems: string[] = [];
  const { ended } = spawnNode({
    script: pathOf("./fill.ts", import.meta.url),
    args: ["--count", String(count), "--due", String(due)],
    env: settings,
    onLine: (line, stream) => (stream === "stdout" ? step() : problems.push(line)),
  });
  const reason = await ended;
  if (reason !== "exit code 0") throw new Error(`Filling ended: ${reason}. ${problems.join(" ")}`);
}

async function side(
  small: Stack,
  large: Stack,
  { count, report, document }: { count: number; report: Report; document: string },
): Promise<void> {
  const load = startLoadClient();
  const both = [
    await operations(load, small, { where: "few", document }),
    await operations(load, large, { where: "many", document }),
  ];
  const rounds = Array.from({ length: WARM_UP + ROUNDS }, (_, round) => roundOf(both, round));
  await prepare(load, [rounds.slice(0, WARM_UP).flat()]);
  const figures = new Figures();
  figures.add((await load.run([rounds.slice(WARM_UP).flat()])).units);
  load.close();
  report.heading(`${count} owners beside ${FEW}, one client, p50 of ${ROUNDS}`);
  const rows = OPERATIONS.map((name) => {
    const [less, more] = [figures.of(`few ${name}`).p50, figures.of(`many ${name}`).p50];
    const [value, note] = [milliseconds(more), `of ${milliseconds(less)} with ${FEW} owners`];
    if (name === "put" || name === "get") return [`bare ${name}`, value, times(more / less), "", note];
    const bare = BARE[name];
    const ratio = more / figures.of(`many ${bare}`).p50 / (less / figures.of(`few ${bare}`).p50);
    const verdict = report.verdict(ratio, MANY_OWNERS);
    return [name, value, times(ratio), verdict, `${note}, each by its bare ${bare}`];
  });
  report.table(["", "p50", "ratio", "budget", "beside"], rows, { text: 2 });
}

const times = (ratio: number) => `${ratio.toFixed(2)} ×`;

type Operations = (round: number) => Record<Operation, Unit>;

/** The two of each pair swap places every second round, so that neither always comes last. */
const roundOf = (both: readonly Operations[], round: number): Unit[] => {
  const sides = both.map((operationsOf) => operationsOf(round));
  return OPERATIONS.flatMap((name) =>
    (round % 2 === 0 ? sides : sides.toReversed()).map((units) => units[name]),
  );
};

async function operations(
  load: LoadClient,
  stack: Stack,
  { where: side, document }: { where: "few" | "many"; document: string },
): Promise<Operations> {
  const { api, issuer } = stack.addresses;
  const count = ROUNDS + WARM_UP;
  const owners = await withHelper(stack, (instance) =>
    ownersWith(1, { load, where: { api, issuer, instance }, document, count }),
  );
  for (const owner of owners) owner.moveTo(api);
  const { PUT, GET } = await rawCalls(stack.settings, document.length);
  return (round) => {
    const owner = at(owners, round);
    return {
      put: { ...PUT(), name: `${side} put` },
      get: { ...GET(), name: `${side} get` },
      upload: owner.upload(document, `${side} upload`),
      staleness: owner.staleness(`${side} staleness`),
      recovery: owner.recovery({}, `${side} recovery`),
    };
  };
}
