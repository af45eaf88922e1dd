/** How far the sweeps have come, as the people who run the service see it: counts and times, and no names. */
import * as z from "zod";
import { SweepName, type SweepProgress } from "../../domain/sweeps/sweep.ts";
import { Timestamp } from "./backup-status.ts";

/**
 * `failed`: what was due and is damaged, or wrapped by a key version that is disabled. A sweep is over when
 * it has a `finishedAt`.
 */
export const SweepStatus = z.strictObject({
  sweep: SweepName,
  startedAt: Timestamp,
  finishedAt: Timestamp.optional(),
  shardsDone: z.int(),
  handled: z.int(),
  failed: z.int(),
});

export const sweepStatus = (sweep: SweepName, of: SweepProgress): z.infer<typeof SweepStatus> => ({
  sweep,
  startedAt: of.startedAt.toISOString(),
  ...(of.finishedAt && { finishedAt: of.finishedAt.toISOString() }),
  shardsDone: of.shardsDone.length,
  handled: of.handled,
  failed: of.failed,
});
