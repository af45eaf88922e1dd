/** How the tests run: one local stack for all files, and separate owners for each test. */
import { defineConfig } from "vitest/config";

export default defineConfig(({ mode }) => ({
  test: {
    include: mode === "long" ? ["test/**/*.long.ts"] : ["test/**/*.test.ts"],
    globalSetup: ["test/support/stack.ts"],
    maxWorkers: 2,
    // A retry would hide a race that is lost once in a thousand rounds. Only tests that measure time set one.
    retry: 0,
    testTimeout: mode === "long" ? 600_000 : 30_000,
    hookTimeout: 60_000,
    reporters: ["default", "./test/support/count-reporter.ts"],
  },
}));
