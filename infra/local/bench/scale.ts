/** What owners cost when there are many: each operation beside the same one where there are few, and a whole sweep. */
import { pathOf, spawnNode } from "../child.ts";
import type { Stack } from "../stack.ts";
import { bareStorage } from "./bare.ts";
import { WITHOUT_QUEUE } from "./count-calls.ts";
import { interleaved } from "./measure.ts";
import { type OwnStack, ownStack } from "./own-stack.ts";
import type { Owner } from "./owners.ts";
import { progressBar } from "./progress-bar.ts";
import { milliseconds, type Report } from "./report.ts";
import { signUp } from "./sign-up.ts";
import { sweepAll } from "./sweep.ts";

const FEW = 100;
const ROUNDS = 300;
const WARM_UP = 50;
/** An owner costs the same, whatever the number of others. */
const MOST = 1.1;
/** One in a hundred backups has gone stale since the last sweep. */
const DUE_SHARE = 100;
const FILLERS = 2;

const OPERATIONS = ["put", "get", "upload", "staleness", "recovery"] as const;
type Operation = (typeof OPERATIONS)[number];
/** The stand-in's own calls get slower the more it holds, other than Azure's: each operation is measured by that call of its own storage. */
const BARE = { upload: "put", staleness: "get", recovery: "put" } as const;

export async function atScale(count: number, report: Report, document: string): Promise<void> {
  await using few = await filled(FEW);
  await using many = await filled(count);
  await side(few, many, { count, report, document });
  await sweepAll(many, { count, due: Math.floor(count / DUE_SHARE) }, report);
}

/** A stack whose storage holds so many owners. */
async function filled(count: number): Promise<OwnStack> {
  // Azurite writes its whole index to disk again and again: what that takes grows with the owners, and is not ours.
  const stack = await ownStack(WITHOUT_QUEUE, { storageInMemory: true });
  const bar = progressBar(`${count} owners`, count);
  const due = Math.floor(count / DUE_SHARE);
  const shares = Array.from({ length: FILLERS }, (_, at) => ({
    count: shareOf(count, at),
    due: shareOf(due, at),
  }));
  await Promise.all(shares.map((share) => fill(stack, share, bar.step)));
  return stack;
}

/** Whole, and all of them together are the total. */
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
  const [here, there] = [await operations(small, document), await operations(large, document)];
  const both = Object.fromEntries(
    OPERATIONS.flatMap((name) => [
      [`few ${name}`, here[name]],
      [`many ${name}`, there[name]],
    ]),
  ) as Record<`${"few" | "many"} ${Operation}`, (turn: number) => Promise<number>>;
  const p50 = await interleaved(both, { rounds: ROUNDS, warmUp: WARM_UP, inPairs: true });
  report.heading(`${count} owners beside ${FEW}, one client, p50 of ${ROUNDS}`);
  const [few, many] = [(name: Operation) => p50[`few ${name}`], (name: Operation) => p50[`many ${name}`]];
  for (const name of OPERATIONS) {
    const [less, more] = [few(name), many(name)];
    const note = `of ${milliseconds(less)} with ${FEW} owners`;
    if (name === "put" || name === "get")
      report.row({ name: `bare ${name}`, value: milliseconds(more), ratio: more / less, note });
    else {
      const [bare, ratio] = [BARE[name], more / many(BARE[name]) / (less / few(BARE[name]))];
      report.row({
        name,
        value: milliseconds(more),
        ratio,
        budget: MOST,
        note: `${note}, each by its bare ${bare}`,
      });
    }
  }
}

async function operations(stack: Stack, document: string) {
  const owners = await signUp(stack, ROUNDS + WARM_UP, document);
  const of = (turn: number): Owner => owners[turn % owners.length] ?? fail();
  const { put, get } = await bareStorage(stack.settings, document.length);
  return {
    put,
    get,
    upload: (turn: number) => of(turn).upload(document),
    staleness: (turn: number) => of(turn).staleness(),
    recovery: (turn: number) => of(turn).recover(),
  };
}

function fail(): never {
  throw new RangeError("no such owner");
}
