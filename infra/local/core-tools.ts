/** Runs the app under Azure Functions Core Tools (`func start`) instead of the embedded host. */
import { setTimeout } from "node:timers/promises";
import { pathOf, spawnNode } from "./child.ts";
import type { HostOptions, HostProcess } from "./host-process.ts";
import { isAnswering } from "./is-answering.ts";

const script = pathOf("./run-func.ts", import.meta.url);
const pollMs = 200;

/** Passes settings through the environment, which Core Tools prefer to local.settings.json. */
export async function startCoreTools({ appFolder, port, settings, log }: HostOptions): Promise<HostProcess> {
  const child = spawnNode({
    script,
    args: ["start", "--port", String(port)],
    cwd: appFolder,
    env: { ...settings, FUNCTIONS_WORKER_RUNTIME: "node", FUNCTIONS_CORE_TOOLS_TELEMETRY_OPTOUT: "1" },
    onLine: log,
  });
  const failed = child.ended.then((reason) => {
    throw new Error(`func ended (${reason}) before it listened. Are Azure Functions Core Tools 4 installed?`);
  });
  const waiting = new AbortController();
  try {
    await Promise.race([untilAnswering(port, waiting.signal), failed]);
  } finally {
    waiting.abort();
  }
  return { url: `http://127.0.0.1:${port}`, pid: () => child.pid, close: child.stop };
}

async function untilAnswering(port: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && !(await isAnswering({ port }))) await setTimeout(pollMs);
}
