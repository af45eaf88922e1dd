/** Loads a Functions app: settings, entry points, start hooks, capabilities. */

import { loadAppSettings } from "./app-settings.ts";
import type { ProgrammingModel } from "./core-types.ts";
import { importEntryPoints } from "./entry-points.ts";
import type { FunctionApp } from "./function-app.ts";
import { createCore, installCore } from "./functions-core.ts";
import { readHostSettings } from "./host-json.ts";
import { createLogger } from "./logger.ts";
import { Running } from "./running.ts";
import { SystemError } from "./system-error.ts";

export async function startApp(directory: string, crash: FunctionApp["crash"]): Promise<FunctionApp> {
  loadAppSettings(directory);
  const settings = readHostSettings(directory);
  const log = createLogger(settings.logLevel);
  const { api, registry, hooks } = createCore(log);
  installCore(api);
  process.chdir(directory);
  await importEntryPoints(directory);
  await hooks.run("appStart", {
    hookData: {},
    appHookData: hooks.appHookData,
    functionAppDirectory: directory,
  });
  registry.lock();
  const model = api.getProgrammingModel();
  if (!model) throw new SystemError("The app registered no function with @azure/functions.");
  await refuseStreaming(model);
  return { settings, functions: registry.inOrder(), hooks, model, log, running: new Running(), crash };
}

async function refuseStreaming(model: ProgrammingModel): Promise<void> {
  const capabilities = await model.getCapabilities({});
  if (capabilities["HttpUri"] === undefined) return;
  throw new SystemError("enableHttpStream is not supported by the local host: remove it from app.setup().");
}
