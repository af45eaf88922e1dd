/** Sweeps: everything stored is looked at a page at a time, and worked on only where the listing says that it is due (R29). */
import * as z from "zod";

export const SWEEPS = ["stale", "orphans", "recoveries", "tickets", "rewrap"] as const;
export const SweepName = z.enum(SWEEPS);
export type SweepName = z.infer<typeof SweepName>;

/** How often each key version is named. */
const Counts = z.record(z.string(), z.int().min(0));
type Counts = z.infer<typeof Counts>;

/** One page of one shard of one sweep. `from`: where the listing goes on; `handled`: of this shard so far. */
export const SweepMessage = z.strictObject({
  sweep: SweepName,
  run: z.string(),
  shard: z.string().length(1),
  from: z.string().optional(),
  handled: z.int().min(0),
  keys: Counts.default({}),
});
export type SweepMessage = z.infer<typeof SweepMessage>;

/** Owners, accounts and tickets are all named by base64url: its letters share them out evenly. */
const SHARDS = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

export type Listed = { name: string; etag: string; metadata: Record<string, string>; modifiedAt: Date };
type Page = { blobs: Listed[]; next: string | undefined };

/** What a sweep does: small, so that doing it twice, or half of it, does no harm. */
export type Sweep = {
  /** Where it looks in this shard. */
  prefix(shard: string): string;
  /** By what the listing tells alone: nothing is read for what isn't. */
  isDue(listed: Listed, now: Date): boolean;
  handle(listed: Listed, now: Date): Promise<void>;
};

/** How far the last run has come. `keys`: how many versions each key version wraps, as the re-wrap sweep saw them. */
export const SweepProgress = z.strictObject({
  run: z.string(),
  startedAt: z.coerce.date(),
  finishedAt: z.coerce.date().optional(),
  shardsDone: z.array(z.string()),
  handled: z.int().min(0),
  keys: Counts,
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

const PAGE = 1000;
const AT_ONCE = 8;

/** One message a shard; safe to start again at any time. */
export async function startSweep(store: SweepStore, sweep: SweepName, run: string, now: Date): Promise<void> {
  await store.report(sweep, () => ({ run, startedAt: now, shardsDone: [], handled: 0, keys: {} }));
  await Promise.all(SHARDS.map((shard) => store.next({ sweep, run, shard, handled: 0, keys: {} })));
}

/** One page: what is due is handled, a few at a time; then comes the next page, or the shard is done. */
export async function runPage(
  store: SweepStore,
  sweeps: Record<SweepName, Sweep>,
  message: SweepMessage,
  now: Date,
): Promise<{ handled: number; last: boolean }> {
  const { prefix, isDue, handle } = sweeps[message.sweep];
  const { blobs, next } = await store.list(prefix(message.shard), { size: PAGE, from: message.from });
  const due = blobs.filter((listed) => isDue(listed, now));
  const waiting = [...due];
  const worker = async () => {
    for (let listed = waiting.pop(); listed; listed = waiting.pop()) await handle(listed, now);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const handled = message.handled + due.length;
  const sofar = { ...message, handled, keys: added(message.keys, keysIn(blobs)) };
  if (next === undefined) await store.report(message.sweep, (progress) => withShard(progress, sofar, now));
  else await store.next({ ...sofar, from: next });
  return { handled: due.length, last: next === undefined };
}

/** A shard that is done twice counts once; one of an older run counts no more. */
function withShard(
  progress: SweepProgress | undefined,
  { run, shard, handled, keys }: SweepMessage,
  now: Date,
): SweepProgress {
  const current = progress ?? { run, startedAt: now, shardsDone: [], handled: 0, keys: {} };
  if (current.run !== run || current.shardsDone.includes(shard)) return current;
  const shardsDone = [...current.shardsDone, shard];
  const isOver = shardsDone.length === SHARDS.length;
  const sums = { handled: current.handled + handled, keys: added(current.keys, keys) };
  return { ...current, shardsDone, ...sums, ...(isOver && { finishedAt: now }) };
}

const keysIn = (blobs: Listed[]): Counts =>
  blobs.reduce<Counts>((counts, { metadata: { kid } }) => (kid ? added(counts, { [kid]: 1 }) : counts), {});

function added(counts: Counts, more: Counts): Counts {
  const sums = { ...counts };
  for (const [key, count] of Object.entries(more)) sums[key] = (sums[key] ?? 0) + count;
  return sums;
}
