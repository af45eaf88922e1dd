/** The load client, a process of its own: sends what it is told over IPC, and answers how long each took. */
import type { Job } from "./load.ts";
import { runJob } from "./run-job.ts";

process.on("message", (job: Job) => {
  void runJob(job).then((done) => process.send?.(done));
});
process.on("disconnect", () => process.exit());
