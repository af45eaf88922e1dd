/** The arithmetic of the benchmark: percentiles, and how many calls waited for each other. */

/** The smallest value that this share of all values doesn't exceed (nearest rank); NaN without values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export const median = (values: readonly number[]) => percentile(values, 0.5);

export const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

export type Interval = { startedAt: number; endedAt: number };

/**
 * Length of the longest chain in which each call began after the one before it had ended. Always taking the
 * call that ends next finds it (interval scheduling).
 */
export function roundsIn(calls: readonly Interval[]): number {
  let rounds = 0;
  let free = Number.NEGATIVE_INFINITY;
  for (const { startedAt, endedAt } of calls.toSorted((a, b) => a.endedAt - b.endedAt)) {
    if (startedAt < free) continue;
    rounds += 1;
    free = endedAt;
  }
  return rounds;
}
