/** The load client's process: sends the requests of a job it gets over IPC, and reports their times. */
import type { Job } from "./load.ts";
import { runJob } from "./run-job.ts";

process.on("message", (job: Job) => {
  void runJob(job).then((done) => process.send?.(done));
});
process.on("disconnect", () => process.exit());
