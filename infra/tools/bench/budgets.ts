/** Every budget of the benchmark. */
/**
 * `now` is the present limit: above it, the command fails. `aim` is the goal; the report shows both. Budgets
 * are set by hand and never follow the measured figures.
 */
import type { Operation } from "./operations.ts";

export type Budget = { now?: number; aim?: number };
/** The aim has been reached, and is the limit. */
const both = (limit: number): Budget => ({ now: limit, aim: limit });
type Budgets<N extends string> = Partial<Record<N, Budget>>;

/** p50 at one client, as a multiple of the least. */
export const RATIOS: Budgets<Operation> = {
  upload: { aim: 2.4 },
  staleness: { aim: 2.4 },
  plan: { aim: 1.8 },
  "quiet read": { aim: 1.8 },
  recovery: { aim: 1.8 },
  "recovery with Idempotency-Key": { aim: 1.8 },
  "code check": { aim: 2 },
};

/** At sixteen clients: the least share of the bare calls per second. */
export const SHARES: Budgets<Operation> = { upload: { aim: 0.35 }, staleness: { aim: 0.45 } };

/** Processor time of the functions process, including the work after the answer. */
export const CPU_MS: Budgets<Operation> = { upload: { aim: 1 }, staleness: { aim: 0.6 } };

/** Of the functions process under load, in MB. */
export const PEAK_MB: Budget = { now: 300, aim: 270 };

/** The memory that large uploads need on a small instance, in MB. */
export const NEEDED_MB: Budget = both(200);

/** For a document with the most entries allowed. */
export const VALIDATION_MS: Budget = both(25);

/** From a process's start to its first answer. */
export const COLD_START_MS: Budget = { now: 700, aim: 450 };

/** One sweep over all owners: memory in MB with a small heap; list calls at 100,000 owners. */
export const SWEEP_MB: Budget = both(150);
export const SWEEP_LISTS: Budget = { aim: 100 };

/** An owner costs the same however many others there are. */
export const MANY_OWNERS: Budget = both(1.1);

/** At 256 clients. */
export const ERRORS: Budget = both(0);

/** Vault calls count before and after the answer; writes are blob writes before it. */
export type CallBudget = { rounds?: Budget; writes?: Budget; vault?: Budget; after?: Budget };

const RECOVERY: CallBudget = {
  rounds: both(4),
  writes: both(2),
  vault: both(1),
  after: both(3),
};

export const CALLS: Record<string, CallBudget> = {
  "first upload": { rounds: both(3), writes: both(2), vault: both(0) },
  "second upload, at hand": { rounds: both(1), writes: both(1), vault: both(0) },
  "ninth upload": { rounds: both(2), writes: both(1), vault: both(0) },
  "tenth upload, at hand": { rounds: both(1), writes: both(1), vault: both(0) },
  staleness: { rounds: both(1), writes: both(0), vault: both(0) },
  plan: { rounds: both(2), writes: both(0), vault: both(1) },
  // The write is its count.
  "quiet read": { rounds: { now: 3, aim: 2 }, writes: both(1), vault: both(1) },
  "recovery, the owner's first": { ...RECOVERY, after: { aim: 3 } },
  recovery: RECOVERY,
  "recovery with Idempotency-Key": RECOVERY,
  "recovery, one proven code account": { rounds: both(6), vault: both(1) },
  "code check": { rounds: both(2), writes: both(1) },
};

export type Verdict = { text: string; isOver: boolean };

/** `isOver`: above `now`. NaN (could not be measured) never is. */
export function judge(value: number, { now, aim }: Budget = {}, bound: "≤" | "≥" = "≤"): Verdict {
  const over = (limit: number) => (bound === "≤" ? value > limit : value < limit);
  const told = (limit: number | undefined) => {
    if (limit === undefined) return [];
    return [`${bound} ${limit} ${over(limit) ? "OVER" : "ok"}`];
  };
  const aims = now === aim ? [] : told(aim).map((text) => `aim ${text}`);
  const both = [...told(now), ...aims];
  return { text: both.join(", "), isOver: now !== undefined && over(now) };
}
