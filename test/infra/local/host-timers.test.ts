/** Timers of the local host. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startTimer } from "../../../infra/local/host/timer.ts";
import { aFunction, anApp } from "./host-app/an-app.ts";

const HOUR = 3_600_000;

beforeEach(() => void vi.useFakeTimers({ now: new Date("2026-02-28T03:04:05.000Z") }));
afterEach(() => void vi.useRealTimers());

const aTimer = (schedule: string, callback?: () => void) =>
  aFunction("daily", { type: "timerTrigger", schedule }, callback);

test.each([
  ["6 4 3 * * *", "2026-02-28T03:04:06.000Z", "2026-03-01T03:04:06.000Z"],
  ["5 4 3 * * *", "2026-03-01T03:04:05.000Z", "2026-03-02T03:04:05.000Z"],
  ["0 0 3 * * *", "2026-03-01T03:00:00.000Z", "2026-03-02T03:00:00.000Z"],
  ["59 59 23 * * *", "2026-02-28T23:59:59.000Z", "2026-03-01T23:59:59.000Z"],
])("R42 a timer fires daily at %s", async (schedule, ...expected) => {
  const runs: string[] = [];
  const stop = startTimer(
    anApp(),
    aTimer(schedule, () => void runs.push(new Date().toISOString())),
  );
  await vi.advanceTimersByTimeAsync(48 * HOUR);
  expect(runs).toEqual(expected);
  stop();
  await vi.advanceTimersByTimeAsync(48 * HOUR);
  expect(runs).toEqual(expected);
});

test("R42 the function gets what the library reads from a timer", async () => {
  const callback = vi.fn();
  startTimer(anApp(), aTimer("0 0 4 * * *", callback));
  await vi.advanceTimersByTimeAsync(HOUR);
  const json = '{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}';
  expect(callback).toHaveBeenCalledExactlyOnceWith({ name: "trigger", data: { json } });
});

test.each(["", "* * * * * *", "0 0 * * * *", "0 0 3 1 * *", "0 0 3 * * 1", "0 0 24 * * *", "0 3 * * *"])(
  "R42 the schedule %j is refused",
  (schedule) => {
    expect(() => startTimer(anApp(), aTimer(schedule))).toThrow(
      `Function daily: the local host runs timers once a day only ("second minute hour * * *"), not "${schedule}".`,
    );
  },
);
