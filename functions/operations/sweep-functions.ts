/** The sweeps' functions: a timer starts every sweep daily, a queue delivers page after page (R29). */

import * as z from "zod";
import { newId } from "../../lib/domain/id.ts";
import {
  faultsOf,
  runPage,
  SWEEPS,
  type Sweep,
  SweepMessage,
  type SweepName,
  type SweepStore,
  startSweep,
} from "../../lib/domain/sweeps/sweep.ts";
import { jsonOf } from "../../lib/domain/text.ts";
import { sweptPage } from "../../lib/metrics/metrics.ts";

/** The queue's text, or the object that the host parsed from it. */
const QueueText = z.union([jsonOf(SweepMessage), SweepMessage]);

type Ended = { outcome: string };

export async function startSweeps(store: SweepStore, now: Date): Promise<Ended> {
  const run = newId();
  const [fault] = await faultsOf(SWEEPS, 1, (sweep) => startSweep(store, { sweep, run }, now));
  if (fault !== undefined) throw fault;
  return { outcome: `started ${SWEEPS.length}` };
}

export async function sweepPage(
  store: SweepStore,
  sweeps: Record<SweepName, Sweep>,
  message: unknown,
  now: Date,
): Promise<Ended> {
  const parsed = QueueText.parse(message);
  const { handled, failed, last, finished } = await runPage(store, sweeps, parsed, now);
  sweptPage(parsed.sweep, handled);
  const done = `${failed > 0 ? ` failed ${failed}` : ""}${last ? " done" : ""}${finished ? " finished" : ""}`;
  return { outcome: `${parsed.sweep} ${handled}${done}` };
}
