/** The settings of host.json that this host supports. */
import { join } from "node:path";
import { asRecord, readJsonFile, textMembers } from "./json-file.ts";
import { type QueueSettings, readQueueSettings } from "./queue-settings.ts";

export interface HostSettings {
  routePrefix: string;
  customHeaders: [name: string, value: string][];
  queues: QueueSettings;
}

export function readHostSettings(appDirectory: string): HostSettings {
  const host = readJsonFile(join(appDirectory, "host.json"));
  const extensions = asRecord(host["extensions"]);
  const { routePrefix = "api", customHeaders } = asRecord(extensions["http"]);
  return {
    routePrefix: String(routePrefix),
    customHeaders: Object.entries(textMembers(customHeaders)),
    queues: readQueueSettings(extensions["queues"]),
  };
}
