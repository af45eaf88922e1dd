/** `extensions.queues` of host.json, with the defaults and bounds of the real host. */
import { asRecord } from "./json-file.ts";

export const SHORTEST_POLLING_MS = 100;

export interface QueueSettings {
  maxPollingIntervalMs: number;
  /** How long a message stays hidden after its function has failed. */
  visibilityTimeoutMs: number;
  batchSize: number;
  /** The next batch is fetched when no more than this many are running. */
  newBatchThreshold: number;
  /** How often a message is delivered before it goes to the poison queue. */
  maxDequeueCount: number;
}

export function readQueueSettings(section: unknown): QueueSettings {
  const queues = asRecord(section);
  const batchSize = whole("batchSize", queues["batchSize"] ?? 16, 1, 32);
  return {
    maxPollingIntervalMs: pollingInterval(queues["maxPollingInterval"] ?? "00:01:00"),
    visibilityTimeoutMs: timeSpanMs("visibilityTimeout", queues["visibilityTimeout"] ?? "00:00:00"),
    batchSize,
    newBatchThreshold: whole("newBatchThreshold", queues["newBatchThreshold"] ?? batchSize >> 1, 0),
    maxDequeueCount: whole("maxDequeueCount", queues["maxDequeueCount"] ?? 5, 1),
  };
}

function pollingInterval(value: unknown): number {
  const interval = timeSpanMs("maxPollingInterval", value);
  if (interval >= SHORTEST_POLLING_MS) return interval;
  throw new Error(`host.json: maxPollingInterval "${value}" is less than ${SHORTEST_POLLING_MS} ms`);
}

function whole(name: string, value: unknown, least: number, most = Number.MAX_SAFE_INTEGER): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Error(`host.json: ${name} "${value}" is not a whole number from ${least} to ${most}`);
}

/** Milliseconds in `[d.]hh:mm:ss[.fff]`. @throws naming the setting if it has another form */
function timeSpanMs(name: string, value: unknown): number {
  const pattern = /^(?:(\d+)\.)?(\d+):(\d+):(\d+(?:\.\d{1,7})?)$/;
  const [, days = "0", hours, minutes, seconds] = pattern.exec(String(value)) ?? [];
  if (seconds === undefined) throw new Error(`host.json: ${name} "${value}" is not a time span`);
  return Math.round(
    (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000,
  );
}
