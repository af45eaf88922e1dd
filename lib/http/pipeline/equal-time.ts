/** Makes every negative answer take the same time, so that timing doesn't reveal what exists. */
import { setImmediate, setTimeout } from "node:timers/promises";

/** Longer than the slowest negative answer. */
const NO_TAKES_MS = 120;

/** Timers count whole milliseconds of the event loop's clock; the rest would leak the work's duration. */
const TIMER_ERROR_MS = 2;

/** Returns an answer at once, but `undefined` only when the time is up. */
export async function equalTime<T>(
  work: Promise<T | undefined>,
  noTakesMs = NO_TAKES_MS,
): Promise<T | undefined> {
  const noAt = performance.now() + noTakesMs;
  const answer = await work;
  if (answer !== undefined) return answer;
  const left = noAt - performance.now() - TIMER_ERROR_MS;
  if (left > 0) await setTimeout(left);
  while (performance.now() < noAt) await setImmediate();
  return answer;
}
