/** The time of a sign-in in all forms that providers write, and values that are none. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { signInTime } from "../../lib/oidc/sign-in-time.ts";
import { holds } from "../domain/holds.ts";

const now = new Date("2026-05-04T10:00:00.000Z");
const seconds = now.getTime() / 1000 - 60;
const expected = new Date(seconds * 1000);

describe("R10 R49 the time of a sign-in", () => {
  it.each<[string, unknown]>([
    ["seconds", seconds],
    ["seconds as text", String(seconds)],
    ["seconds with a fraction", `${seconds}.000`],
    ["milliseconds", seconds * 1000],
    ["milliseconds as text", String(seconds * 1000)],
    ["ISO 8601", "2026-05-04T09:59:00Z"],
    ["ISO 8601 with milliseconds (AD FS)", "2026-05-04T09:59:00.000Z"],
    ["ISO 8601 with seven digits (.NET)", "2026-05-04T09:59:00.0000000Z"],
    ["ISO 8601 with an offset", "2026-05-04T11:59:00+02:00"],
    ["ISO 8601 without a zone, which is UTC", "2026-05-04T09:59:00"],
  ])("R10 R49 is taken as %s", (_, value) => {
    expect(signInTime(value, now)).toEqual(expected);
  });

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["a zero", 0],
    ["a zero as text", "0"],
    ["a negative number", -seconds],
    ["the age of a sign-in", 600],
    ["no number", Number.NaN],
    ["an endless number", Number.POSITIVE_INFINITY],
    ["a minute and a second from now", now.getTime() / 1000 + 61],
    ["the year 9999", "9999-12-31T23:59:59Z"],
    ["the first day of a calendar (.NET)", "0001-01-01T00:00:00Z"],
    ["a day that isn't", "2026-02-30T00:00:00Z"],
    ["a day alone", "2026-05-04"],
    ["words", "yesterday"],
    ["no words", ""],
    ["hexadecimal digits", "0x69f86d40"],
    ["true", true],
    ["a list", [seconds]],
    ["an object", { seconds }],
  ])("R10 R49 is missing where it is %s", (_, value) => {
    expect(signInTime(value, now)).toBeUndefined();
  });

  it("R10 R49 is the same in every form", () => {
    holds(
      fc.property(fc.integer({ min: Date.UTC(2000) / 1000, max: now.getTime() / 1000 }), (at) => {
        const date = new Date(at * 1000);
        const forms = [at, at * 1000, String(at), String(at * 1000), date.toISOString()];
        expect(forms.map((form) => signInTime(form, now))).toEqual(forms.map(() => date));
      }),
    );
  });

  it("R10 R49 is never in the future, whatever a token says", () => {
    holds(
      fc.property(fc.anything(), (value) => {
        const time = signInTime(value, now);
        expect({ isPast: time === undefined || time.getTime() <= now.getTime() + 60_000 }).toEqual({
          isPast: true,
        });
      }),
    );
  });
});
