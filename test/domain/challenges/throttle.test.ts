/** Throttling: how long guesses wait, and how many there can be. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Failures,
  minus,
  noFailures,
  plusOne,
  secondsLeft,
  waitFor,
} from "../../../lib/domain/challenges/throttle.ts";
import { DAY, HOUR, later, SECOND } from "../../../lib/domain/clock.ts";
import { now } from "../builders.ts";
import { holds } from "../holds.ts";

const failures = (count: number): Failures => ({ count, at: now });
const anyCount = fc.integer({ min: 0, max: 120 });
const endsADay = (count: number) => count > 0 && count % 20 === 0;

describe("F2 R24 how long guesses wait", () => {
  it.each([
    [0, 0],
    [1, 0],
    [4, 0],
    [5, 30],
    [9, 30],
    [10, 60],
    [15, 120],
    [19, 120],
    [20, DAY / SECOND],
    [21, 240],
    [25, 480],
    [30, 960],
    [35, 1920],
    [39, 1920],
    [40, DAY / SECOND],
    [41, 3600],
    [59, 3600],
    [60, DAY / SECOND],
    [80, DAY / SECOND],
    [99, 3600],
  ])("F2 R24 after %i failures %i s", (count, seconds) => {
    expect(waitFor(failures(count))).toBe(seconds * SECOND);
    expect(secondsLeft(failures(count), now)).toBe(seconds);
  });

  it("F2 R24 never gets shorter, except for the day after each twenty", () => {
    holds(
      fc.property(anyCount, anyCount, (a, b) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        fc.pre(!endsADay(less));
        expect(waitFor(failures(more))).toBeGreaterThanOrEqual(waitFor(failures(less)));
      }),
      1000,
    );
  });

  it("F2 R24 is between 30 s and an hour from the fifth on, except for the day after each twenty", () => {
    for (let count = 5; count < 100; count++) {
      const wait = waitFor(failures(count));
      if (endsADay(count)) expect(wait).toBe(DAY);
      else expect(wait, `after ${count}`).toSatisfy((it: number) => it >= 30 * SECOND && it <= HOUR);
    }
  });

  it("F2 R24 the first few don't wait, even if another instance's clock was ahead", () => {
    for (const count of [1, 4]) expect(secondsLeft({ count, at: later(now, 20) }, now)).toBe(0);
    expect(secondsLeft({ count: 5, at: later(now, 20) }, now)).toBe(31);
  });

  it("F2 R24 ends to the second, and not a millisecond before", () => {
    holds(
      fc.property(anyCount, fc.integer({ min: 0, max: 2 * DAY }), (count, passed) => {
        const time = later(now, passed);
        const left = secondsLeft(failures(count), time);
        const until = waitFor(failures(count)) - passed;
        expect(left).toBe(Math.max(0, Math.ceil(until / SECOND)));
        expect(secondsLeft(failures(count), later(time, left * SECOND))).toBe(0);
        if (until > 0) expect(secondsLeft(failures(count), later(time, until - 1))).toBe(1);
      }),
      1000,
    );
  });
});

describe("F2 R24 how many guesses there are in all", () => {
  /** The times of guesses by somebody who waits no longer than necessary and is never right. */
  function guesses(): Date[] {
    const made: Date[] = [];
    let [state, time]: [Failures, Date] = [noFailures, now];
    while (state.count < 100) {
      time = later(time, secondsLeft(state, time) * SECOND);
      state = plusOne(state, time);
      made.push(time);
    }
    return made;
  }

  it("F2 R24 leaves one try a month after a hundred in a row", () => {
    const months = [100, 101, 1000].map((count) => secondsLeft(failures(count), now) / 86_400);
    expect(months).toEqual([30, 30, 30]);
    expect(guesses()).toHaveLength(100);
  });

  it("F2 R24 no more than twenty within any day", () => {
    const made = guesses();
    for (const start of made) {
      const inADay = made.filter((time) => time >= start && time < later(start, DAY));
      expect(inADay.length).toBeLessThanOrEqual(20);
    }
  });

  it("F2 R24 each failure counts once, from when it happened", () => {
    holds(
      fc.property(anyCount, (count) => {
        const at = later(now, HOUR);
        expect(plusOne(failures(count), at)).toEqual({ count: count + 1, at });
      }),
    );
    expect(secondsLeft(noFailures, now)).toBe(0);
  });

  it("F2 R24 failures that are taken back leave the others as they were, and never less than none", () => {
    expect(minus(failures(7), 3)).toEqual(failures(4));
    for (const taken of [7, 8]) expect(minus(failures(7), taken)).toEqual(noFailures);
  });
});
