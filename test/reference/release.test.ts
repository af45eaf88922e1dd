/** What may change from one version of the document to the next. */
import { expect, it } from "vitest";
import { mayBreak } from "../../infra/reference/release.ts";

it("R40 apps are broken only by a new major version, or by a new minor one while the major one is 0", () => {
  const breaking: [string, string][] = [
    ["0.2.0", "0.3.0"],
    ["0.2.7", "1.0.0"],
    ["1.4.2", "2.0.0"],
    ["9.0.0", "10.0.0"],
  ];
  const keeping: [string, string][] = [
    ["0.2.0", "0.2.0"],
    ["0.2.0", "0.2.1"],
    ["0.3.0", "0.2.9"],
    ["1.4.2", "1.5.0"],
    ["1.0.0", "0.9.0"],
    ["2.0.0", "1.9.0"],
  ];
  expect(breaking.filter(([released, next]) => !mayBreak(released, next))).toEqual([]);
  expect(keeping.filter(([released, next]) => mayBreak(released, next))).toEqual([]);
});

it("R40 a version that isn't one is no reason to break anything", () => {
  expect(() => mayBreak("0.2.0", "next")).toThrow("next is no version");
  expect(() => mayBreak("", "1.0.0")).toThrow("is no version");
});
