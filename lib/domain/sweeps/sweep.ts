/** Sweeps: everything stored is looked at a page at a time, and worked on only where the listing says that it is due (R29). */
import * as z from "zod";
import { Failure } from "../failure.ts";
import { loose } from "../loose.ts";
import { isUnreadable, KeyDisabled } from "../sealing/seal.ts";

export const SWEEPS = [
  "owners",
  "orphans",
  "recoveries",
  "tickets",
  "budgets",
  "rewrap",
  "shard-keys",
] as const;
export const SweepName = z.enum(SWEEPS);
export type SweepName = z.infer<typeof SweepName>;

/** Shard after shard, a few blobs at a time: what they need most, the vault, must be left for others. */
const SLOW: SweepName[] = ["rewrap"];

/** How often each key version is named. */
const Counts = z.record(z.string(), z.int().min(0));
type Counts = z.infer<typeof Counts>;

const Sums = {
  /** What was due and is done; where keys are counted, each that was wrapped anew. */
  handled: z.int().min(0),
  /**
   * What was due and can't be done: it is damaged, or its key is disabled. It must not keep the rest from its
   * turn.
   */
  failed: z.int().min(0).default(0),
  keys: Counts.default({}),
};

/**
 * One page of one shard of one sweep. `from`: where the listing goes on. `after`: the last name of that page
 * that was looked at, where more of it is due than one message handles. `since`: when the last whole run
 * began. The sums are of this shard so far.
 */
export const SweepMessage = loose({
  sweep: SweepName,
  run: z.string(),
  shard: z.string().length(1),
  from: z.string().optional(),
  after: z.string().optional(),
  since: z.coerce.date().optional(),
  ...Sums,
});
export type SweepMessage = z.infer<typeof SweepMessage>;

/** Owners, accounts and tickets are all named by base64url: its letters share them out evenly. */
const SHARDS = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

export type Listed = { name: string; etag: string; metadata: Record<string, string>; modifiedAt: Date };
type Page = { blobs: Listed[]; next: string | undefined };

/** `keys`: how many were wrapped anew. */
export type Changed = (metadata: Listed["metadata"], keys: number) => void;
type When = { now: Date; since: Date | undefined };

/** What a sweep does: small, so that doing it twice, or half of it, does no harm. */
export type Sweep = {
  /** Where it looks in this shard. */
  prefix(shard: string): string;
  /** By what the listing tells alone: nothing is read for what isn't. */
  isDue(listed: Listed, when: When): boolean;
  /** What is done once for several of a page; each is its own if left out. */
  groupOf?(listed: Listed): string;
  /** `changed` takes the metadata, if it is another one now. */
  handle(listed: Listed, now: Date, changed: Changed): Promise<void>;
  /** Before each page. */
  prepare?(): Promise<void>;
  /** The report tells how many name each key version. */
  countsKeys?: true;
};

/** How far the last run has come. `since`: when the last run began that came to its end before. */
export const SweepProgress = loose({
  run: z.string(),
  startedAt: z.coerce.date(),
  finishedAt: z.coerce.date().optional(),
  since: z.coerce.date().optional(),
  shardsDone: z.array(z.string()),
  ...Sums,
  /** Makes each writing of it different. */
  round: z.string().optional(),
});
export type SweepProgress = z.infer<typeof SweepProgress>;

export interface SweepStore {
  list(prefix: string, page: { size: number; from?: string | undefined }): Promise<Page>;
  /** Puts the message where some instance will take it. */
  next(message: SweepMessage): Promise<void>;
  progress(sweep: SweepName): Promise<SweepProgress | undefined>;
  /** Changes it whatever others change at the same time. */
  report(sweep: SweepName, change: (progress: SweepProgress | undefined) => SweepProgress): Promise<void>;
}

export type LastRun = { sweep: SweepName; of: SweepProgress };

/** Of each sweep that ever ran. */
export async function lastRuns(store: Pick<SweepStore, "progress">): Promise<LastRun[]> {
  const all = await Promise.all(SWEEPS.map(async (sweep) => ({ sweep, of: await store.progress(sweep) })));
  return all.flatMap(({ sweep, of }) => (of ? [{ sweep, of }] : []));
}

/** As many as a listing tells at most. */
const PAGE = 5000;
/** What one message handles takes seconds. */
const MOST_DUE = 250;
const AT_ONCE = 8;
const SLOWLY = { mostDue: 25, atOnce: 2 };
/** A queue that answers slowly must not use up the time of those that wait behind. */
const SENT_AT_ONCE = 16;

const nothingYet = { handled: 0, failed: 0, keys: {} };

/** One message a shard; safe to start again at any time. */
export async function startSweep(
  store: SweepStore,
  { sweep, run }: { sweep: SweepName; run: string },
  now: Date,
): Promise<void> {
  let since: Date | undefined;
  await store.report(sweep, (last) => {
    since = last?.finishedAt ? last.startedAt : last?.since;
    return { run, startedAt: now, ...(since && { since }), shardsDone: [], ...nothingYet };
  });
  const shards = SLOW.includes(sweep) ? SHARDS.slice(0, 1) : SHARDS;
  const message = { sweep, run, ...(since && { since }), ...nothingYet };
  const [fault] = await faultsOf(shards, SENT_AT_ONCE, (shard) => store.next({ ...message, shard }));
  if (fault !== undefined) throw fault;
}

/** So many at a time; all have their turn, and what some of them threw is told afterwards. */
export async function faultsOf<T>(
  all: readonly T[],
  atOnce: number,
  work: (each: T) => Promise<void>,
): Promise<unknown[]> {
  const waiting = all.values();
  const faults: unknown[] = [];
  const worker = async () => {
    for (const each of waiting) await work(each).catch((error: unknown) => faults.push(error));
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return faults;
}

/**
 * One page: what is due is handled, a few at a time; then comes the next page, or the shard is done. `last`:
 * of its shard. `finished`: no shard is left.
 */
export async function runPage(
  store: SweepStore,
  sweeps: Record<SweepName, Sweep>,
  message: SweepMessage,
  now: Date,
): Promise<{ handled: number; failed: number; last: boolean; finished: boolean }> {
  const sweep = sweeps[message.sweep];
  await sweep.prepare?.();
  const { from, after, ...common } = message;
  const page = await store.list(sweep.prefix(message.shard), { size: PAGE, from });
  const { mostDue, atOnce } = SLOW.includes(message.sweep) ? SLOWLY : { mostDue: MOST_DUE, atOnce: AT_ONCE };
  const when = { now, since: message.since };
  const blobs = page.blobs.filter(({ name }) => after === undefined || name > after);
  const part = upToDue(blobs, mostDue, (each) => sweep.isDue(each, when));
  const { handled, failed, listed } = await handleDue(sweep, part, when, atOnce);
  const sums = {
    handled: message.handled + handled,
    failed: message.failed + failed,
    keys: sweep.countsKeys ? added(message.keys, keysIn(listed)) : message.keys,
  };
  const next =
    part.length < blobs.length ? { from, after: part.at(-1)?.name } : page.next && { from: page.next };
  if (next) await store.next({ ...common, ...sums, ...next });
  const finished = !next && (await endShard(store, { ...common, ...sums }, now));
  return { handled, failed, last: !next, finished };
}

/** The first of them, so that no more than `most` are due. */
function upToDue(blobs: Listed[], most: number, isDue: (listed: Listed) => boolean): Listed[] {
  const last = blobs.filter(isDue)[most - 1];
  return last ? blobs.slice(0, blobs.indexOf(last) + 1) : blobs;
}

/**
 * `listed`: as it is afterwards. Throws what may pass, after all the others had their turn: then the page
 * comes again.
 */
async function handleDue(sweep: Sweep, blobs: Listed[], when: When, atOnce: number) {
  const { groupOf = ({ name }: Listed) => name, handle, isDue } = sweep;
  const due = new Map(blobs.filter((each) => isDue(each, when)).map((each) => [groupOf(each), each]));
  const changed = new Map<string, Listed["metadata"]>();
  let wrapped = 0;
  const faults = await faultsOf([...due.values()], atOnce, (each) =>
    handle(each, when.now, (metadata, keys) => {
      changed.set(each.name, metadata);
      wrapped += keys;
    }),
  );
  const passing = faults.find(mayPass);
  if (passing !== undefined) throw passing;
  const listed = blobs.map((each) => ({ ...each, metadata: changed.get(each.name) ?? each.metadata }));
  const handled = sweep.countsKeys ? wrapped : due.size - faults.length;
  return { handled, failed: faults.length, listed };
}

/**
 * What is damaged stays so, a disabled key until somebody enables it, and one busy owner must not hold up the
 * others; storage and vault come back.
 */
const mayPass = (error: unknown) =>
  error instanceof Failure &&
  error.kind !== "busy" &&
  !(error instanceof KeyDisabled) &&
  !isUnreadable(error);

/**
 * Whether that was the last one. A slow sweep goes on with the next shard, unless a newer run has begun
 * meanwhile.
 */
async function endShard(store: SweepStore, message: SweepMessage, now: Date): Promise<boolean> {
  let isOutdated = false;
  let isFinished = false;
  await store.report(message.sweep, (progress) => {
    const next = withShard(progress, message, now);
    isOutdated = next.run !== message.run;
    isFinished = !isOutdated && next.finishedAt !== undefined;
    return next;
  });
  const following = SHARDS[SHARDS.indexOf(message.shard) + 1];
  if (isOutdated || following === undefined || !SLOW.includes(message.sweep)) return isFinished;
  await store.next({ ...message, ...nothingYet, shard: following });
  return isFinished;
}

/** A shard that is done twice counts once; one of an older run counts no more. */
function withShard(
  progress: SweepProgress | undefined,
  { run, shard, handled, failed, keys }: SweepMessage,
  now: Date,
): SweepProgress {
  const current: SweepProgress = progress ?? { run, startedAt: now, shardsDone: [], ...nothingYet };
  if (current.run !== run || current.shardsDone.includes(shard)) return current;
  const shardsDone = [...current.shardsDone, shard];
  const isOver = shardsDone.length === SHARDS.length;
  const sums = {
    handled: current.handled + handled,
    failed: current.failed + failed,
    keys: added(current.keys, keys),
  };
  return { ...current, shardsDone, ...sums, ...(isOver && { finishedAt: now }) };
}

/** The key versions that wrap something in it. */
export const kidsOf = ({ metadata: { kids, kid } }: Pick<Listed, "metadata">): string[] =>
  (kids ?? kid)?.split(" ") ?? [];

const keysIn = (blobs: Listed[]): Counts =>
  blobs.flatMap(kidsOf).reduce<Counts>((counts, kid) => added(counts, { [kid]: 1 }), {});

function added(counts: Counts, more: Counts): Counts {
  const sums = { ...counts };
  for (const [key, count] of Object.entries(more)) sums[key] = (sums[key] ?? 0) + count;
  return sums;
}
