/** Imports the files that package.json names as the app's entry points, in order. */
import { globSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { readJsonFile } from "./json-file.ts";

export async function importEntryPoints(appDirectory: string): Promise<void> {
  for (const file of entryPoints(appDirectory)) await import(pathToFileURL(join(appDirectory, file)).href);
}

function entryPoints(appDirectory: string): string[] {
  const { main } = readJsonFile(join(appDirectory, "package.json"));
  if (typeof main !== "string") throw new Error(`${appDirectory}/package.json has no "main"`);
  const files = globSync(main, { cwd: appDirectory }).sort();
  if (files.length === 0) throw new Error(`No file matches "main" of package.json: ${main}`);
  return files;
}
