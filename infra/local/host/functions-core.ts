/** Provides `@azure/functions-core`, which the library requires when its first function is registered. */
import Module from "node:module";
import { Disposable, type LogLevel, type ProgrammingModel } from "./core-types.ts";
import { Hooks } from "./hooks.ts";
import { fromHost, type Logger } from "./logger.ts";
import { FunctionRegistry } from "./registry.ts";

const CORE = "@azure/functions-core";
const HOST_VERSION = "4.1037.0";
const WORKER_VERSION = "3.9.1";

export function createCore(log: Logger) {
  const registry = new FunctionRegistry();
  const hooks = new Hooks();
  let model: ProgrammingModel | undefined;
  const api = {
    version: WORKER_VERSION,
    hostVersion: HOST_VERSION,
    Disposable,
    registerHook: hooks.register.bind(hooks),
    registerFunction: registry.register.bind(registry),
    getProgrammingModel: () => model,
    setProgrammingModel(value: ProgrammingModel) {
      model = value;
    },
    log(level: LogLevel, category: string, message: string) {
      const line = hooks.runLog({ level, category, message, appHookData: hooks.appHookData, hookData: {} });
      log(line.level, fromHost, line.message);
    },
  };
  return { api, registry, hooks };
}

/** Answers `require` as the worker does: of CommonJS code and of an ESM bundle's `createRequire`. */
export function installCore(api: object): void {
  const real = Module.prototype.require;
  Module.prototype.require = function (this: NodeJS.Module, id: string) {
    return id === CORE ? api : real.call(this, id);
  };
}
