/** The local Functions host: `node infra/local/host/main.ts --app DIR --port N` (port 0 takes a free one). */
import { resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createHost, type Host } from "./host.ts";
import { describeError } from "./logger.ts";
import { startApp } from "./start-app.ts";

const LAST_ANSWERS_MS = 250;

let host: Host | undefined;
let ending = false;

/** Ends the process after a failure that would end Azure's worker; the parent may restart it. */
async function crash(reason: string): Promise<void> {
  if (ending) return;
  ending = true;
  process.stderr.write(`${reason}\n`);
  await Promise.race([host?.server.fail(), delay(LAST_ANSWERS_MS)]);
  process.exit(1);
}

async function shutDown(): Promise<void> {
  if (ending) process.exit(1);
  ending = true;
  await host?.stop();
  process.exit(0);
}

async function serve(): Promise<void> {
  const { values } = parseArgs({
    options: { app: { type: "string", default: "." }, port: { type: "string", default: "7071" } },
  });
  const app = await startApp(resolve(values.app));
  host = createHost(app);
  const port = await host.server.listen(Number(values.port));
  process.stdout.write(`${JSON.stringify({ listening: `http://127.0.0.1:${port}` })}\n`);
}

/** The message alone, for mistakes that a user can mend; with its stack for mistakes in code. */
function startFailure(error: unknown): string {
  const isMistake =
    error instanceof TypeError || error instanceof ReferenceError || error instanceof SyntaxError;
  return error instanceof Error && !isMistake ? error.message : describeError(error);
}

process.on("uncaughtException", (error) => void crash(describeError(error)));
process.on("SIGINT", () => void shutDown());
process.on("SIGTERM", () => void shutDown());
try {
  await serve();
} catch (error) {
  process.stderr.write(`${startFailure(error)}\n`);
  process.exit(1);
}
