/** Builds the listeners of all but HTTP functions. A new trigger is one file, and one line here. */
import type { FunctionApp } from "./function-app.ts";
import type { Listener } from "./listener.ts";
import { queueListener } from "./queue-listener.ts";
import type { RegisteredFunction } from "./registry.ts";
import { timerListener } from "./timer-listener.ts";

type CreateListener = (app: FunctionApp, fn: RegisteredFunction) => Listener;

const kinds = new Map<string, CreateListener>([
  ["timertrigger", timerListener],
  ["queuetrigger", queueListener],
]);

/** @throws if the local host doesn't support the trigger or its schedule */
export function createListeners(app: FunctionApp, functions: RegisteredFunction[]): Listener[] {
  return functions.map((fn) => {
    const create = kinds.get(fn.trigger.type.toLowerCase());
    if (!create) throw new Error(`Function ${fn.name}: the local host has no ${fn.trigger.type}.`);
    return create(app, fn);
  });
}
