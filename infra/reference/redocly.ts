/** Runs Redocly's command line: pinned, without telemetry and questions after updates. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "./document.ts";

const CLI = join(ROOT, "node_modules/@redocly/cli/bin/cli.js");
const QUIET = { REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true", NO_COLOR: "1" };

export function redocly(...args: string[]): { ok: boolean; wrote: string } {
  const config = ["--config", join(ROOT, ".redocly.yaml")];
  const run = spawnSync(process.execPath, [CLI, ...args, ...config], {
    cwd: ROOT,
    encoding: "utf8",
    // biome-ignore lint/style/noProcessEnv: a child needs the surroundings of this process, such as PATH.
    env: { ...process.env, ...QUIET },
    maxBuffer: 64 * 1024 * 1024,
  });
  return { ok: run.status === 0, wrote: `${run.stdout}${run.stderr}`.trim() };
}
