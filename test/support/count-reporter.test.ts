/** The line at the end of a run, and what it must not hide. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const run = promisify(execFile);
const vitest = resolve("node_modules/vitest/vitest.mjs");
const reporter = resolve("test/support/count-reporter.ts");

const TESTS = `
let tries = 0;
it("always passes", () => {});
describe("a race", () => {
  it("is lost once", { retry: 1 }, () => expect(tries++).toBe(1));
});
`;

it("R42 a test that passed only on a retry is named, and counts as passed", async () => {
  const root = await mkdtemp(join(tmpdir(), "count-reporter-"));
  await writeFile(join(root, "some.test.js"), TESTS);
  const options = ["run", "--root", root, "--globals", "--reporter", reporter];
  const { stdout } = await run(process.execPath, [vitest, ...options]);
  await rm(root, { recursive: true });
  expect(stdout.trim().split("\n")).toEqual([
    "passed only when tried again: some.test.js > a race > is lost once",
    "2 passed, 0 failed",
  ]);
});
