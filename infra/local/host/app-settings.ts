/** Puts the values of local.settings.json into the environment; existing variables win. */
import { join } from "node:path";
import { readJsonFile, textMembers } from "./json-file.ts";

export function loadAppSettings(appDirectory: string): void {
  for (const [name, value] of Object.entries(localValues(appDirectory))) process.env[name] ??= value;
}

/** Empty if there is no such file. */
export function localValues(appDirectory: string): Record<string, string> {
  const settings = readJsonFile(join(appDirectory, "local.settings.json"));
  if (settings["IsEncrypted"] === true) throw new Error("local.settings.json is encrypted: decrypt it first");
  return textMembers(settings["Values"]);
}
