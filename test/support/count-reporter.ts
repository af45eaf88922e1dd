/** Ends a run with one plain line: how many tests passed and failed. Before it, those that needed a retry. */
import type { Reporter, TestModule } from "vitest/node";

export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]) {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const passed = tests.filter((test) => test.result().state === "passed").length;
    const broken = modules.filter((module) => module.errors().length > 0).length;
    const failed = tests.filter((test) => test.result().state === "failed").length + errors.length + broken;
    const again = tests.filter((test) => test.diagnostic()?.flaky);
    const lines = [
      ...again.map(
        (test) => `passed only when tried again: ${test.module.relativeModuleId} > ${test.fullName}`,
      ),
      `${passed} passed, ${failed} failed`,
    ];
    process.on("exit", () => process.stdout.write(`${lines.join("\n")}\n`));
  }
}
