/** The settings of host.json that this host honours. */
import { join } from "node:path";
import type { LogLevel } from "./core-types.ts";
import { asRecord, readJsonFile, textMembers } from "./json-file.ts";
import { isLogLevel } from "./logger.ts";

const THIRTY_MINUTES = 30 * 60_000;

export interface HostSettings {
  routePrefix: string;
  customHeaders: [name: string, value: string][];
  maxOutstandingRequests: number;
  functionTimeoutMs: number;
  logLevel: LogLevel;
}

export function readHostSettings(appDirectory: string): HostSettings {
  const host = readJsonFile(join(appDirectory, "host.json"));
  const http = asRecord(asRecord(host["extensions"])["http"]);
  const { routePrefix, maxOutstandingRequests: most } = http;
  return {
    routePrefix: typeof routePrefix === "string" ? routePrefix : "api",
    customHeaders: Object.entries(textMembers(http["customHeaders"])),
    maxOutstandingRequests: typeof most === "number" && most >= 0 ? most : Number.POSITIVE_INFINITY,
    functionTimeoutMs: timeoutMs(host["functionTimeout"]),
    logLevel: logLevel(asRecord(host["logging"])["logLevel"]),
  };
}

/** Milliseconds in `[d.]hh:mm:ss`; `-1` is no limit. */
function timeoutMs(value: unknown): number {
  if (value === undefined) return THIRTY_MINUTES;
  if (value === "-1") return Number.POSITIVE_INFINITY;
  const [, days = "0", hours, minutes, seconds] = /^(?:(\d+)\.)?(\d+):(\d+):(\d+)$/.exec(String(value)) ?? [];
  if (seconds === undefined) throw new Error(`host.json: functionTimeout "${value}" is not a time span`);
  return (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}

function logLevel(levels: unknown): LogLevel {
  const name = (textMembers(levels)["default"] ?? "information").toLowerCase();
  if (!isLogLevel(name)) throw new Error(`host.json: unknown log level "${name}"`);
  return name;
}
