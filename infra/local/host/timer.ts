/** Runs a timer-triggered function once a day, at a time of day in UTC. */
import type { FunctionApp } from "./function-app.ts";
import { invoke } from "./invoke.ts";
import type { RegisteredFunction } from "./registry.ts";

const DAY = 86_400_000;
/** The only form of NCRONTAB that the app uses: `second minute hour * * *`. */
const DAILY = /^([0-5]?\d) ([0-5]?\d) ([01]?\d|2[0-3]) \* \* \*$/;
const TIMER = { Schedule: { AdjustForDST: true }, ScheduleStatus: null, IsPastDue: false };

/** @returns how to stop it. @throws if the schedule has another form */
export function startTimer(app: FunctionApp, fn: RegisteredFunction): () => void {
  const timeOfDay = readTimeOfDay(fn);
  let timeout: NodeJS.Timeout | undefined;
  let stopped = false;

  function arm(): void {
    const now = Date.now();
    const today = Math.floor(now / DAY) * DAY + timeOfDay;
    const due = today > now ? today : today + DAY;
    if (!stopped) timeout = setTimeout(wake, due - now, due);
  }

  /** If the clock is set back meanwhile, this wakes too early. */
  async function wake(due: number): Promise<void> {
    if (Date.now() >= due) await invoke(app, fn, { json: JSON.stringify(TIMER) });
    arm();
  }

  arm();
  return () => {
    stopped = true;
    clearTimeout(timeout);
  };
}

/** In milliseconds. */
function readTimeOfDay({ name, trigger: { schedule = "", runOnStartup } }: RegisteredFunction): number {
  const [, second, minute, hour] = DAILY.exec(schedule) ?? [];
  if (hour === undefined || runOnStartup) {
    throw new Error(
      `Function ${name}: the local host runs timers once a day only ("second minute hour * * *"), not "${schedule}".`,
    );
  }
  return ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000;
}
