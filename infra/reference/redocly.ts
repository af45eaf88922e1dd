/** Runs the pinned Redocly command line, without telemetry or update notices. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import * as z from "zod";
import { ROOT } from "./document.ts";

const CLI = join(ROOT, "node_modules/@redocly/cli/bin/cli.js");
const QUIET = { REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true", NO_COLOR: "1" };

export function redocly(...args: string[]): { ok: boolean; wrote: string } {
  const run = spawnSync(process.execPath, [CLI, ...args], {
    cwd: ROOT,
    encoding: "utf8",
    // biome-ignore lint/style/noProcessEnv: a child needs the surroundings of this process, such as PATH.
    env: { ...process.env, ...QUIET },
    maxBuffer: 64 * 1024 * 1024,
  });
  return { ok: run.status === 0, wrote: `${run.stdout}${run.stderr}`.trim() };
}

/** Only for linting: with a configuration, `diff` rates nothing as breaking. */
const CONFIG = ["--config", join(ROOT, ".redocly.yaml")];

export const lint = (document: string) => redocly("lint", document, "--format", "codeframe", ...CONFIG);

const Report = z.object({ summary: z.object({ major: z.int(), minor: z.int(), patch: z.int() }) });
type Changes = z.infer<typeof Report>["summary"];

/** Counts breaking and other changes. `told`: the breaking ones in words. */
export function changesBetween(former: string, next: string): Changes & { told: string } {
  const { wrote } = redocly("diff", former, next, "--format", "json");
  const { summary } = Report.parse(JSON.parse(wrote.slice(wrote.indexOf("{"), wrote.lastIndexOf("}") + 1)));
  return { ...summary, told: summary.major > 0 ? redocly("diff", former, next).wrote : "" };
}
