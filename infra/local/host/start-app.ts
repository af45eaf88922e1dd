/** Loads a Functions app: settings, entry point, capabilities. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { loadAppSettings } from "./app-settings.ts";
import type { ProgrammingModel } from "./core-types.ts";
import type { FunctionApp } from "./function-app.ts";
import { createCore, installCore } from "./functions-core.ts";
import { readHostSettings } from "./host-json.ts";
import { readJsonFile } from "./json-file.ts";
import { createLogger } from "./logger.ts";
import { Running } from "./running.ts";

export async function startApp(directory: string): Promise<FunctionApp> {
  loadAppSettings(directory);
  const settings = readHostSettings(directory);
  const log = createLogger();
  const { api, registry, atEnd, getModel } = createCore(log);
  installCore(api);
  process.chdir(directory);
  await import(pathToFileURL(entryPoint(directory)).href);
  registry.lock();
  const model = getModel();
  if (!model) throw new Error("The app registered no function with @azure/functions.");
  await refuseStreaming(model);
  return { settings, functions: registry.inOrder(), atEnd, model, log, running: new Running() };
}

function entryPoint(directory: string): string {
  const { main } = readJsonFile(join(directory, "package.json"));
  if (typeof main !== "string") throw new Error(`${directory}/package.json has no "main"`);
  return join(directory, main);
}

async function refuseStreaming(model: ProgrammingModel): Promise<void> {
  const capabilities = await model.getCapabilities({});
  if (capabilities["HttpUri"] === undefined) return;
  throw new Error("enableHttpStream is not supported by the local host: remove it from app.setup().");
}
