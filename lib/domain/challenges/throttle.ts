/** How long guesses must wait: the first few not at all, then ever longer, up to a month (R24). Pure. */
import * as z from "zod";
import { DAY, HOUR, later, SECOND } from "../clock.ts";
import { loose } from "../loose.ts";

/** Consecutive failures, and the time of the last one. */
export const Failures = loose({ count: z.int().min(0), at: z.coerce.date().optional() });
export type Failures = z.infer<typeof Failures>;

export const noFailures: Failures = { count: 0 };
export const plusOne = (failures: Failures, now: Date): Failures => ({
  ...failures,
  count: failures.count + 1,
  at: now,
});
export const minus = (failures: Failures, taken: number): Failures =>
  failures.count > taken ? { ...failures, count: failures.count - taken } : noFailures;

const FREE = 5;
const FIRST_WAIT = 30 * SECOND;
const PER_DAY = 20;
/**
 * NIST SP 800-63B-4 §3.2.2: at most 100 consecutive failures. One try a month remains, too few for guessing.
 */
const MOST = 100;
const LOCKED = 30 * DAY;

/**
 * Milliseconds: from 30 s, doubling every five failures up to an hour; a day at each twentieth; a month from
 * the hundredth on.
 */
export function waitFor({ count }: Failures): number {
  if (count < FREE) return 0;
  if (count >= MOST) return LOCKED;
  if (count % PER_DAY === 0) return DAY;
  return Math.min(FIRST_WAIT * 2 ** (Math.floor(count / FREE) - 1), HOUR);
}

/**
 * Seconds until the next try; 0 for at once. `at` may be in the future: another instance's clock wrote it.
 */
export function secondsLeft(failures: Failures, now: Date): number {
  const wait = waitFor(failures);
  if (wait === 0 || !failures.at) return 0;
  return Math.max(0, Math.ceil((later(failures.at, wait).getTime() - now.getTime()) / SECOND));
}
