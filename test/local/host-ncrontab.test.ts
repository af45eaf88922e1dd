/** The next occurrences of NCRONTAB schedules. */
import { describe, expect, test } from "vitest";
import { parseSchedule } from "../../infra/local/host/ncrontab.ts";

function following(expression: string, after: string): string | undefined {
  return parseSchedule(expression).next(new Date(after))?.toISOString();
}

describe("R42 the next occurrence of a schedule", () => {
  test.each([
    ["* * * * * *", "2026-01-01T00:00:00.000Z", "2026-01-01T00:00:01.000Z"],
    ["* * * * * *", "2026-01-01T00:00:00.999Z", "2026-01-01T00:00:01.000Z"],
    ["0 */5 * * * *", "2026-01-01T00:05:00.000Z", "2026-01-01T00:10:00.000Z"],
    ["*/5 * * * *", "2026-01-01T00:05:00.000Z", "2026-01-01T00:10:00.000Z"],
    ["0 0 * * * *", "2026-12-31T23:59:59.500Z", "2027-01-01T00:00:00.000Z"],
    ["0 30 9 * * *", "2026-03-01T09:30:00.000Z", "2026-03-02T09:30:00.000Z"],
    ["30 15,45 9-17 * * 1-5", "2026-11-20T17:45:30.000Z", "2026-11-23T09:15:30.000Z"],
    ["0 0 0 * * Mon,Sat", "2026-11-23T00:00:00.000Z", "2026-11-28T00:00:00.000Z"],
    ["0 0 0 1 JAN *", "2026-01-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"],
    ["0 10/20 * * * *", "2026-01-01T00:10:00.000Z", "2026-01-01T00:30:00.000Z"],
    ["0 0 0 29 2 *", "2026-01-01T00:00:00.000Z", "2028-02-29T00:00:00.000Z"],
    ["0 0 0 13 * 5", "2026-01-01T00:00:00.000Z", "2026-02-13T00:00:00.000Z"],
    ["0 0 0 31 * *", "2026-03-31T00:00:00.000Z", "2026-05-31T00:00:00.000Z"],
  ])("%s after %s is %s", (expression, after, next) => {
    expect(following(expression, after)).toBe(next);
  });

  test("a day that never comes has no occurrence", () => {
    expect(following("0 0 0 30 2 *", "2026-01-01T00:00:00.000Z")).toBeUndefined();
  });
});

test.each([
  "",
  "* * * *",
  "60 * * * * *",
  "* * 24 * * *",
  "* * * 0 * *",
  "* * * * * 7",
  "*/0 * * * * *",
  "a * * * * *",
  "5-1 * * * * *",
  "1-2-3 * * * * *",
])("R42 %j is refused for a schedule", (expression) => {
  expect(() => parseSchedule(expression)).toThrow();
});
