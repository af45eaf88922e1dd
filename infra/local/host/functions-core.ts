/** Provides `@azure/functions-core`, which the library requires when its first function is registered. */
import Module from "node:module";
import type { HookCallback, LogLevel, ProgrammingModel } from "./core-types.ts";
import { fromHost, type Logger } from "./logger.ts";
import { FunctionRegistry } from "./registry.ts";

const CORE = "@azure/functions-core";

export function createCore(log: Logger) {
  const registry = new FunctionRegistry();
  const atEnd: HookCallback[] = [];
  let model: ProgrammingModel | undefined;
  const api = {
    registerHook(name: string, callback: HookCallback) {
      if (name !== "appTerminate") throw new Error(`The local host has no ${name} hooks.`);
      atEnd.push(callback);
    },
    registerFunction: registry.register.bind(registry),
    setProgrammingModel(value: ProgrammingModel) {
      model = value;
    },
    log(level: LogLevel, _category: string, message: string) {
      log(level, fromHost, message);
    },
  };
  return { api, registry, atEnd, getModel: () => model };
}

/** Answers `require` as the worker does: from CommonJS code and from an ESM bundle's `createRequire`. */
export function installCore(api: object): void {
  const real = Module.prototype.require;
  Module.prototype.require = function (this: NodeJS.Module, id: string) {
    return id === CORE ? api : real.call(this, id);
  };
}
