/** How the tests run: one local stack for all files, and separate owners for each test. */
import { defineConfig } from "vitest/config";

/** Long tests take minutes. Those that measure how long people wait run alone, or they measure others, too. */
const KINDS = ["long", "alone"];

export default defineConfig(({ mode }) => ({
  test: {
    include: [`test/**/*.${KINDS.includes(mode) ? mode : "test"}.ts`],
    globalSetup: ["test/support/stack.ts"],
    maxWorkers: 2,
    // A retry would hide a race that is lost once in a thousand rounds. Only tests that measure time set one.
    retry: 0,
    testTimeout: KINDS.includes(mode) ? 600_000 : 30_000,
    hookTimeout: 60_000,
    reporters: ["default", "./test/support/count-reporter.ts"],
  },
}));
