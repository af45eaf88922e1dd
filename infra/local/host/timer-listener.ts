/** Runs a timer-triggered function on its schedule, one run at a time. */
import { resolveSettings } from "./app-settings.ts";
import type { FunctionApp } from "./function-app.ts";
import { invoke } from "./invoke.ts";
import type { Listener } from "./listeners.ts";
import { parseSchedule, type Schedule } from "./ncrontab.ts";
import type { RegisteredFunction } from "./registry.ts";

const MINUTE = 60_000;
const LONGEST_WAIT = 86_400_000;

/** @throws if the schedule is not one */
export function timerListener(app: FunctionApp, fn: RegisteredFunction): Listener {
  const schedule = parseSchedule(resolveSettings(fn.trigger.schedule ?? ""));
  const monitored = fn.trigger.useMonitor !== false && !isFrequent(schedule);
  let last: Date | undefined;
  let timeout: NodeJS.Timeout | undefined;
  let stopped = false;

  async function run(): Promise<void> {
    const now = new Date();
    const status = monitored ? scheduleStatus(schedule, last, now) : null;
    last = now;
    const timer = { Schedule: { AdjustForDST: true }, ScheduleStatus: status, IsPastDue: false };
    await invoke(app, fn, { json: JSON.stringify(timer) });
  }

  function arm(): void {
    const due = schedule.next(new Date());
    if (due && !stopped) timeout = setTimeout(wake, Math.min(due.getTime() - Date.now(), LONGEST_WAIT), due);
  }

  async function wake(due: Date): Promise<void> {
    if (Date.now() >= due.getTime()) await run();
    arm();
  }

  function start(): void {
    if (fn.trigger.runOnStartup) void run().then(arm);
    else arm();
  }

  function stop(): void {
    stopped = true;
    clearTimeout(timeout);
  }

  return { start, stop, run };
}

/** More often than once a minute: the platform keeps no status then. */
function isFrequent(schedule: Schedule): boolean {
  const first = schedule.next(new Date());
  const second = first && schedule.next(first);
  return first !== undefined && second !== undefined && second.getTime() - first.getTime() < MINUTE;
}

function scheduleStatus(schedule: Schedule, last: Date | undefined, now: Date) {
  const Last = last?.toISOString() ?? "0001-01-01T00:00:00";
  return { Last, LastUpdated: Last, Next: schedule.next(now)?.toISOString() ?? "0001-01-01T00:00:00" };
}
