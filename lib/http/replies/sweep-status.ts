/** The reply that describes a sweep's progress to the operator: counts and times, no names. */
import * as z from "zod";
import { SweepName, type SweepProgress } from "../../domain/sweeps/sweep.ts";
import { Timestamp } from "./backup-status.ts";

/** `failed`: due but damaged, or wrapped by a disabled key version. A finished sweep has `finishedAt`. */
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
