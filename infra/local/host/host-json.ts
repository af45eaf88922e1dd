/** The settings of host.json that this host honours. */
import { join } from "node:path";
import type { LogLevel } from "./core-types.ts";
import { asRecord, readJsonFile, textMembers } from "./json-file.ts";
import { isLogLevel } from "./logger.ts";
import { type QueueSettings, readQueueSettings } from "./queue-settings.ts";
import { timeSpanMs } from "./time-span.ts";

const THIRTY_MINUTES = 30 * 60_000;

export interface HostSettings {
  routePrefix: string;
  customHeaders: [name: string, value: string][];
  maxOutstandingRequests: number;
  functionTimeoutMs: number;
  logLevel: LogLevel;
  queues: QueueSettings;
}

export function readHostSettings(appDirectory: string): HostSettings {
  const host = readJsonFile(join(appDirectory, "host.json"));
  const extensions = asRecord(host["extensions"]);
  const http = asRecord(extensions["http"]);
  const { routePrefix, maxOutstandingRequests: most } = http;
  return {
    routePrefix: typeof routePrefix === "string" ? routePrefix : "api",
    customHeaders: Object.entries(textMembers(http["customHeaders"])),
    maxOutstandingRequests: typeof most === "number" && most >= 0 ? most : Number.POSITIVE_INFINITY,
    functionTimeoutMs: timeoutMs(host["functionTimeout"]),
    logLevel: logLevel(asRecord(host["logging"])["logLevel"]),
    queues: readQueueSettings(extensions["queues"]),
  };
}

/** `-1` is no limit. */
function timeoutMs(value: unknown): number {
  if (value === undefined) return THIRTY_MINUTES;
  return value === "-1" ? Number.POSITIVE_INFINITY : timeSpanMs("functionTimeout", value);
}

function logLevel(levels: unknown): LogLevel {
  const name = (textMembers(levels)["default"] ?? "information").toLowerCase();
  if (!isLogLevel(name)) throw new Error(`host.json: unknown log level "${name}"`);
  return name;
}
