/** The sweep engine: lists everything stored, page by page, and handles only what is due (R29). */
import * as z from "zod";
import { Failure } from "../failure.ts";
import { loose } from "../loose.ts";
import { isUnreadable, KeyDisabled } from "../sealing/seal.ts";

export const SWEEPS = [
  "owners",
  "orphans",
  "recoveries",
  "tickets",
  "credentials",
  "budgets",
  "rewrap",
  "shard-keys",
] as const;
export const SweepName = z.enum(SWEEPS);
export type SweepName = z.infer<typeof SweepName>;

/**
 * One shard at a time, few blobs at once: these need the vault most, and must leave some of it for others.
 */
const SLOW: SweepName[] = ["rewrap"];

/** How many blobs name each key version. */
const Counts = z.record(z.string(), z.int().min(0));
type Counts = z.infer<typeof Counts>;

const Sums = {
  /** Due and done; in a sweep that counts keys, the number of keys wrapped anew. */
  handled: z.int().min(0),
  /** Due, but damaged or under a disabled key. This must not hold up the rest. */
  failed: z.int().min(0).default(0),
  keys: Counts.default({}),
};

/**
 * One page of one shard of a sweep. `from`: where the listing goes on. `after`: the last handled name on that
 * page, if more of it is due than one message handles. `since`: when the last complete run began. The sums
 * cover this shard so far.
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

/** Names of owners, accounts and tickets are base64url, so first letters distribute them evenly. */
const SHARDS = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

export type Listed = { name: string; etag: string; metadata: Record<string, string>; modifiedAt: Date };
/** `blobs`: read one by one, since a page of them is large. */
type Page = { blobs: Iterable<Listed>; next: string | undefined };

/** `keys`: how many were wrapped anew. */
export type Changed = (metadata: Listed["metadata"], keys: number) => void;
type When = { now: Date; since: Date | undefined };

/** The work of one sweep: small steps, so that doing one twice, or half of one, does no harm. */
export type Sweep = {
  /** Where this shard's blobs are. */
  prefix(shard: string): string;
  /** Decides by the listing alone; a blob that isn't due is never read. */
  isDue(listed: Listed, when: When): boolean;
  /** Blobs of one group on a page are handled once; by default each is its own group. */
  groupOf?(listed: Listed): string;
  /** Calls `changed` with the new metadata, if that changes. */
  handle(listed: Listed, now: Date, changed: Changed): Promise<void>;
  /** Runs before each page. */
  prepare?(): Promise<void>;
  /** The report counts how many blobs name each key version. */
  countsKeys?: true;
};

/** The progress of the last run. `since`: when the last complete run before it began. */
export const SweepProgress = loose({
  run: z.string(),
  startedAt: z.coerce.date(),
  finishedAt: z.coerce.date().optional(),
  since: z.coerce.date().optional(),
  shardsDone: z.array(z.string()),
  ...Sums,
  /** Makes each write different. */
  round: z.string().optional(),
});
export type SweepProgress = z.infer<typeof SweepProgress>;

export interface SweepStore {
  list(prefix: string, page: { size: number; from?: string | undefined }): Promise<Page>;
  /** Queues the message for any instance. */
  next(message: SweepMessage): Promise<void>;
  progress(sweep: SweepName): Promise<SweepProgress | undefined>;
  /** Applies the change despite concurrent ones. */
  report(sweep: SweepName, change: (progress: SweepProgress | undefined) => SweepProgress): Promise<void>;
}

export type LastRun = { sweep: SweepName; of: SweepProgress };

/** Of each sweep that has ever run. */
export async function lastRuns(store: Pick<SweepStore, "progress">): Promise<LastRun[]> {
  const all = await Promise.all(SWEEPS.map(async (sweep) => ({ sweep, of: await store.progress(sweep) })));
  return all.flatMap(({ sweep, of }) => (of ? [{ sweep, of }] : []));
}

/** The most that one listing returns. */
const PAGE = 5000;
/** One message then takes seconds. */
const MOST_DUE = 250;
const AT_ONCE = 8;
const SLOWLY = { mostDue: 25, atOnce: 2 };
/** Few at once: a slow queue must not use up the time of waiting sends. */
const SENT_AT_ONCE = 16;

const nothingYet = { handled: 0, failed: 0, keys: {} };

/** Queues one message per shard. Safe to start again at any time. */
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

/** Works on `atOnce` at a time. Each has its turn; what some of them threw is returned at the end. */
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
 * Handles what is due on one page, a few at a time; then queues the next page or ends the shard. `last`: the
 * shard has no more pages. `finished`: no shard is left.
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
  const part = partOf(sweep, page.blobs, { after, mostDue, when });
  const { handled, failed, keys } = await handleDue(sweep, part, now, atOnce);
  const sums = {
    handled: message.handled + handled,
    failed: message.failed + failed,
    keys: added(message.keys, keys),
  };
  const next = part.isCut ? { from, after: part.upTo } : page.next && { from: page.next };
  if (next) await store.next({ ...common, ...sums, ...next });
  const finished = !next && (await endShard(store, { ...common, ...sums }, now));
  return { handled, failed, last: !next, finished };
}

/**
 * What one message handles of a page. `due`: one blob of each group. `keys`: those that blobs name which
 * aren't due. `upTo`: the last name.
 */
type Part = { due: Listed[]; keys: Counts; upTo: string | undefined; isCut: boolean };

/** Keeps only what is due: a page may be far larger than what one message handles. */
function partOf(
  { isDue, groupOf = ({ name }: Listed) => name, countsKeys }: Sweep,
  blobs: Iterable<Listed>,
  { after, mostDue, when }: { after: string | undefined; mostDue: number; when: When },
): Part {
  const groups = new Map<string, Listed>();
  const keys: Counts = {};
  let dueBlobs = 0;
  let upTo: string | undefined;
  for (const listed of blobs) {
    if (after !== undefined && listed.name <= after) continue;
    if (dueBlobs === mostDue) return { due: [...groups.values()], keys, upTo, isCut: true };
    upTo = listed.name;
    if (isDue(listed, when)) {
      dueBlobs++;
      groups.set(groupOf(listed), listed);
    } else if (countsKeys) count(keys, listed);
  }
  return { due: [...groups.values()], keys, upTo, isCut: false };
}

/**
 * `keys`: those that these blobs name afterwards, too. Throws a transient fault after all the others had their
 * turn; the page then comes again.
 */
async function handleDue(
  { handle, countsKeys }: Sweep,
  { due, keys: others }: Part,
  now: Date,
  atOnce: number,
): Promise<{ handled: number; failed: number; keys: Counts }> {
  const changed = new Map<string, Listed["metadata"]>();
  let wrapped = 0;
  const faults = await faultsOf(due, atOnce, (each) =>
    handle(each, now, (metadata, keys) => {
      changed.set(each.name, metadata);
      wrapped += keys;
    }),
  );
  const transient = faults.find(isTransient);
  if (transient !== undefined) throw transient;
  const keys = { ...others };
  if (countsKeys)
    for (const { name, metadata } of due) count(keys, { metadata: changed.get(name) ?? metadata });
  return { handled: countsKeys ? wrapped : due.length - faults.length, failed: faults.length, keys };
}

/**
 * Storage and vault come back. Damage stays, a disabled key needs somebody to enable it, and one busy owner
 * must not hold up the others.
 */
const isTransient = (error: unknown) =>
  error instanceof Failure &&
  error.kind !== "busy" &&
  !(error instanceof KeyDisabled) &&
  !isUnreadable(error);

/** Whether that was the last shard. A slow sweep goes on with the next one, unless a newer run has begun. */
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

/** Counts a shard once, even if it ran twice; ignores shards of an older run. */
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

/** The key versions that wrap something in this blob. */
export const kidsOf = ({ metadata: { kids, kid } }: Pick<Listed, "metadata">): string[] =>
  (kids ?? kid)?.split(" ") ?? [];

/** Adds them to `counts`. */
function count(counts: Counts, listed: Pick<Listed, "metadata">): void {
  for (const kid of kidsOf(listed)) counts[kid] = (counts[kid] ?? 0) + 1;
}

function added(counts: Counts, more: Counts): Counts {
  const sums = { ...counts };
  for (const [key, count] of Object.entries(more)) sums[key] = (sums[key] ?? 0) + count;
  return sums;
}
