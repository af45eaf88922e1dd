/** POST v1/sweeps/{sweep}: starts a sweep by hand. Safe to repeat (R29). */
import * as z from "zod";
import { newId } from "../../lib/domain/id.ts";
import { SweepName, startSweep as start } from "../../lib/domain/sweeps/sweep.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";

export const startSweep = endpoint({
  name: "start-sweep",
  summary: "Start a sweep",
  method: "POST",
  route: "v1/sweeps/{sweep}",
  access: "provider:Sweeps.Run",
  request: { params: z.strictObject({ sweep: SweepName }) },
  replies: { 202: z.strictObject({ run: z.string() }) },
  problems: ["busy"],
  async handle({ params: { sweep }, now }, { sweepStore }) {
    const run = newId();
    await start(sweepStore, { sweep, run }, now);
    return { status: 202, body: { run } };
  },
});
