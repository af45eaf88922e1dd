/** The App-Version header: how versions are compared, and who is told to update. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareVersions, requireAppVersion } from "../../../lib/http/headers/app-version.ts";
import { holds } from "../../domain/holds.ts";
import { refusalOf } from "../../domain/refusals.ts";
import { aRequest } from "../requests.ts";

const minimum = { ios: "5.7.0", android: "6.6.0" };
const admit = (version?: string) =>
  requireAppVersion(aRequest(version === undefined ? {} : { "app-version": version }), minimum);

describe("R4 the app must be new enough", () => {
  it.each([
    "ios/5.7.0",
    "ios/5.7",
    "ios/5.7.0.1",
    "ios/5.10",
    "ios/6",
    "android/6.6.0",
    "android/6.10.0",
    "android/99999",
  ])("R4 lets %s in", (version) => expect(() => admit(version)).not.toThrow());

  it.each([
    ["ios/5.6.99", "5.7.0"],
    ["ios/5", "5.7.0"],
    ["ios/0", "5.7.0"],
    ["android/6.5.9999", "6.6.0"],
    ["android/6", "6.6.0"],
    ["android/5.7.0", "6.6.0"],
  ])("R4 refuses %s and tells that %s is needed", (version, minimumVersion) => {
    expect(refusalOf(() => admit(version))).toMatchObject({
      kind: "app-too-old",
      details: { minimumVersion },
    });
  });

  it.each([
    undefined,
    "",
    "6.6.0",
    "android",
    "android/",
    "/6.6.0",
    "windows/10",
    "Android/6.6.0",
    "android/6.6.0-beta",
    "android/v6.6.0",
    "android/6.6.0.0.0",
    "android/6..0",
    "android/.6",
    "android/-6",
    "android/1000000",
    "android/6,6",
    "android/6.6.0, ios/5.7.0",
    "__proto__/6.6.0",
  ])("R4 refuses %j for a version", (version) => {
    const { kind, details } = refusalOf(() => admit(version));
    expect({ kind, at: details.errors?.[0]?.at }).toEqual({ kind: "invalid-request", at: "App-Version" });
  });
});

describe("R4 versions are compared by number, part by part", () => {
  const parts = fc.array(fc.integer({ min: 0, max: 99_999 }), { minLength: 1, maxLength: 4 });
  const few = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 4 });
  const sign = (a: number[], b: number[]) => Math.sign(compareVersions(a.join("."), b.join(".")));

  it("R4 a missing part counts as zero", () => {
    expect(sign([6], [6, 0, 0, 0])).toBe(0);
    expect(sign([6, 0, 0, 1], [6])).toBe(1);
  });

  it("R4 agrees with the order of the parts; of two versions one is older, or they are equal", () => {
    holds(
      fc.property(fc.oneof(parts, few), fc.oneof(parts, few), (a, b) => {
        const at = [0, 1, 2, 3].find((index) => (a[index] ?? 0) !== (b[index] ?? 0));
        const expected = at === undefined ? 0 : Math.sign((a[at] ?? 0) - (b[at] ?? 0));
        expect(sign(a, b)).toBe(expected);
        expect(sign(b, a) + expected).toBe(0);
      }),
      500,
    );
  });

  it("R4 is transitive", () => {
    holds(
      fc.property(few, few, few, (a, b, c) => {
        fc.pre(sign(a, b) <= 0 && sign(b, c) <= 0);
        expect(sign(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });
});
