/** GET v1/sweeps: how far the last run of each sweep has come, and which key versions are still referred to (R29, R38). */
import * as z from "zod";
import { SWEEPS, SweepName } from "../lib/domain/sweep.ts";
import { Timestamp } from "../lib/http/backup-status.ts";
import { endpoint } from "../lib/http/endpoint.ts";

/** `keys`: how many versions each key version wrapped, as the run came by them. */
const Progress = z.strictObject({
  sweep: SweepName,
  startedAt: Timestamp,
  finishedAt: Timestamp.optional(),
  shardsDone: z.int(),
  handled: z.int(),
  keys: z.record(z.string(), z.int()),
});

export const listSweeps = endpoint({
  name: "list-sweeps",
  summary: "How far the sweeps have come",
  method: "GET",
  route: "v1/sweeps",
  access: "provider:Sweeps.Run",
  replies: { 200: z.strictObject({ sweeps: z.array(Progress) }) },
  async handle(_, { sweepStore }) {
    const all = await Promise.all(
      SWEEPS.map(async (sweep) => ({ sweep, of: await sweepStore.progress(sweep) })),
    );
    const sweeps = all.flatMap(({ sweep, of }) =>
      of
        ? [
            {
              sweep,
              startedAt: of.startedAt.toISOString(),
              ...(of.finishedAt && { finishedAt: of.finishedAt.toISOString() }),
              ...{ shardsDone: of.shardsDone.length, handled: of.handled, keys: of.keys },
            },
          ]
        : [],
    );
    return { status: 200, body: { sweeps } };
  },
});
