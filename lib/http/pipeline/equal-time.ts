/** Answers that say no take the same time, whatever the reason is: how long it took must not tell strangers what there is. */
import { setImmediate, setTimeout } from "node:timers/promises";

/** Longer than any of the reasons takes. */
const NO_TAKES_MS = 120;

/**
 * Timers count whole milliseconds from the event loop's own clock: what they leave over would still tell how
 * long the work took.
 */
const TIMER_ERROR_MS = 2;

/** The answer at once if there is one; `undefined` not before that time. */
export async function equalTime<T>(work: Promise<T | undefined>): Promise<T | undefined> {
  const noAt = performance.now() + NO_TAKES_MS;
  const answer = await work;
  if (answer !== undefined) return answer;
  const left = noAt - performance.now() - TIMER_ERROR_MS;
  if (left > 0) await setTimeout(left);
  while (performance.now() < noAt) await setImmediate();
  return answer;
}
