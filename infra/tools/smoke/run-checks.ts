/** Runs checks and prints a line for each: a mark, its name, its time, what it saw. */
import { setTimeout } from "node:timers/promises";
import { styleText } from "node:util";
import type { Check } from "./checks.ts";
import { checkHealth } from "./health.ts";

const POLL_MS = 2_000;

type Outcome = { held: boolean; shown: string; milliseconds: number };

/** Returns how many failed. */
export async function runChecks(base: URL, checks: readonly Check[]): Promise<number> {
  let wrong = 0;
  for (const check of checks) {
    const outcome = await runCheck(base, check);
    tell(check, outcome);
    if (!outcome.held) wrong += 1;
  }
  return wrong;
}

const health: Check = { name: "health answers ok", run: checkHealth };

/**
 * Undefined if the service is up and well; otherwise the reason. `waitMs`: how long it may still be starting.
 */
export async function whyUnhealthy(base: URL, waitMs: number): Promise<string | undefined> {
  const until = performance.now() + waitMs;
  let outcome = await runCheck(base, health);
  while (!outcome.held && performance.now() + POLL_MS < until) {
    await setTimeout(POLL_MS);
    outcome = await runCheck(base, health);
  }
  tell(health, outcome.held ? outcome : { ...outcome, shown: "" });
  return outcome.held ? undefined : outcome.shown;
}

async function runCheck(base: URL, { run }: Check): Promise<Outcome> {
  const startedAt = performance.now();
  const outcome = await run(base).then(
    (shown) => ({ held: true, shown }),
    (error: unknown) => ({ held: false, shown: error instanceof Error ? error.message : String(error) }),
  );
  return { ...outcome, milliseconds: performance.now() - startedAt };
}

function tell({ name }: Check, { held, shown, milliseconds }: Outcome): void {
  const mark = held ? styleText("green", "✓") : styleText("red", "✗");
  const time = styleText("dim", `${milliseconds.toFixed(0)} ms`.padStart(9));
  console.log(`  ${mark} ${name.padEnd(46)}${time}  ${shown}`.trimEnd());
}
