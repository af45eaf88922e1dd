/** GET v1/sweeps: how far each sweep's last run got, and which key versions are still in use (R29, R38). */
import * as z from "zod";
import { lastRuns } from "../../lib/domain/sweeps/sweep.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { SweepStatus, sweepStatus } from "../../lib/http/replies/sweep-status.ts";

/** `keys`: number of blobs per key version after the run: owners in `rewrap`, shard keys in `shard-keys`. */
const Progress = SweepStatus.extend({ keys: z.record(z.string(), z.int()) });

export const listSweeps = endpoint({
  name: "list-sweeps",
  summary: "How far the sweeps have come",
  method: "GET",
  route: "v1/sweeps",
  access: "provider:Sweeps.Run",
  replies: { 200: z.strictObject({ sweeps: z.array(Progress) }) },
  async handle(_, { sweepStore }) {
    const runs = await lastRuns(sweepStore);
    const sweeps = runs.map(({ sweep, of }) => ({ ...sweepStatus(sweep, of), keys: of.keys }));
    return { status: 200, body: { sweeps } };
  },
});
