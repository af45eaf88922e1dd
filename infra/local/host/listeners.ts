/** Starts all but HTTP functions. A new trigger is one file, and one line here. */
import type { FunctionApp } from "./function-app.ts";
import { startQueue } from "./queue-poller.ts";
import type { RegisteredFunction } from "./registry.ts";
import { startTimer } from "./timer.ts";

/** @returns how to stop it */
type Start = (app: FunctionApp, fn: RegisteredFunction) => () => void;

const kinds = new Map<string, Start>([
  ["timertrigger", startTimer],
  ["queuetrigger", startQueue],
]);

/** @throws if the local host doesn't support the trigger or its schedule */
export function startListener(app: FunctionApp, fn: RegisteredFunction): () => void {
  const start = kinds.get(fn.trigger.type.toLowerCase());
  if (!start) throw new Error(`Function ${fn.name}: the local host has no ${fn.trigger.type}.`);
  return start(app, fn);
}
