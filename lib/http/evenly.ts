/** Answers that say no take the same time, whatever the reason is: how long it took must not tell strangers what there is. */
import { setTimeout } from "node:timers/promises";

/** Longer than any of the reasons takes. */
const NO_TAKES_MS = 120;

/** The answer at once if there is one; `undefined` not before that time. */
export async function evenly<T>(work: Promise<T | undefined>): Promise<T | undefined> {
  const startedAt = performance.now();
  const answer = await work;
  const left = NO_TAKES_MS - (performance.now() - startedAt);
  if (answer === undefined && left > 0) await setTimeout(left);
  return answer;
}
