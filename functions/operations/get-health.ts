/** GET health: the app runs; waiting and failed messages and pages; progress of sweeps. Names no owner. */
import * as z from "zod";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { SweepStatus, sweepStatus } from "../../lib/http/replies/sweep-status.ts";

const Counts = z.strictObject({ waiting: z.int(), failed: z.int() });

/**
 * `messages` to people, `pages` of sweeps, and the last run of each sweep. A figure that can't be read is
 * left out.
 */
const Health = z.strictObject({
  status: z.literal("ok"),
  messages: Counts.optional(),
  pages: Counts.optional(),
  sweeps: z.array(SweepStatus).optional(),
});

export const getHealth = endpoint({
  name: "get-health",
  summary: "Whether the service runs",
  method: "GET",
  route: "health",
  access: "anonymous",
  replies: { 200: Health },
  async handle(_, { countMessages, countPages, recentRuns }) {
    const [messages, pages, runs] = await Promise.all([countMessages(), countPages(), recentRuns()]);
    const sweeps = runs?.map(({ sweep, of }) => sweepStatus(sweep, of));
    const body = { ...(messages && { messages }), ...(pages && { pages }), ...(sweeps && { sweeps }) };
    return { status: 200, body: { status: "ok" as const, ...body } };
  },
});
