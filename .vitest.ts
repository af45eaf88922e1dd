/** How the tests run: one local stack for all files, each test with owners of its own. */
import { defineConfig } from "vitest/config";

export default defineConfig(({ mode }) => ({
  test: {
    include: mode === "long" ? ["test/**/*.long.ts"] : ["test/**/*.test.ts"],
    globalSetup: ["test/support/stack.ts"],
    maxWorkers: 2,
    // A race that is lost once in a thousand rounds is what a retry would hide: only a test that measures
    // time has one of its own.
    retry: 0,
    testTimeout: mode === "long" ? 600_000 : 30_000,
    hookTimeout: 60_000,
    reporters: ["default", "./test/support/count-reporter.ts"],
  },
}));
