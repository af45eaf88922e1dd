/** Writes app log lines: one line each, `LEVEL function-name invocationId message`. */
import type { LogLevel } from "./core-types.ts";

const WRITTEN = new Set<LogLevel>(["information", "warning", "error", "critical"]);

export interface LogSource {
  name: string;
  invocationId: string;
}

export const fromHost: LogSource = { name: "host", invocationId: "-" };

export type Logger = (level: LogLevel, source: LogSource, message: string) => void;

export function createLogger(): Logger {
  const write = lineWriter();
  return (level, { name, invocationId }, message) => {
    if (WRITTEN.has(level)) write(`${level.toUpperCase()} ${name} ${invocationId} ${oneLine(message)}\n`);
  };
}

const FLUSH_AFTER_MS = 50;

/** Writes to a pipe block, so lines go out in batches; the last ones when the process ends. */
function lineWriter(): (line: string) => void {
  let waiting = "";
  const flush = () => {
    if (waiting !== "") process.stdout.write(waiting);
    waiting = "";
  };
  process.on("exit", flush);
  return (line) => {
    if (waiting === "") setTimeout(flush, FLUSH_AFTER_MS).unref();
    waiting += line;
  };
}

/** An error with its stack, for a log line. */
export function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** A word or sentence. An SDK's whole error holds the request, with its message or key. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}

function oneLine(message: string): string {
  return message.replaceAll("\r", "\\r").replaceAll("\n", "\\n");
}
