/** Timers: one that fires every second, one run by hand, one with a bad schedule, one with a missing setting. */
import { app, type Timer } from "@azure/functions";

const report = (name: string) => (timer: Timer) =>
  void process.stdout.write(`${name} ${JSON.stringify(timer)}\n`);

app.timer("every-second", { schedule: "%EACH_SECOND%", handler: report("ticked") });
app.timer("Yearly", { schedule: "0 30 9 1 1 *", handler: report("yearly") });
app.timer("bad-schedule", { schedule: "0 99 * * * *", handler: report("never") });
app.timer("no-setting", { schedule: "%NOT_SET%", handler: report("never") });
