/** Starts what runs functions other than HTTP ones. A new trigger is one file and one line here. */
import type { FunctionApp } from "./function-app.ts";
import { describeError, fromHost } from "./logger.ts";
import { queueListener } from "./queue-listener.ts";
import type { RegisteredFunction } from "./registry.ts";
import { timerListener } from "./timer-listener.ts";

export interface Listener {
  start(): void;
  stop(): void;
  /** Runs the function once, now, with this text as its trigger's data. */
  run(input: string): Promise<void>;
}

type CreateListener = (app: FunctionApp, fn: RegisteredFunction) => Listener;

const kinds = new Map<string, CreateListener>([
  ["timertrigger", timerListener],
  ["queuetrigger", queueListener],
]);

/** By lower-case function name. A function whose listener cannot be built is in error; the others run. */
export function createListeners(app: FunctionApp, functions: RegisteredFunction[]): Map<string, Listener> {
  const listeners = new Map<string, Listener>();
  for (const fn of functions) {
    try {
      listeners.set(fn.name.toLowerCase(), kindOf(fn)(app, fn));
    } catch (error) {
      app.log("error", fromHost, `The '${fn.name}' function is in error: ${describeError(error)}`);
    }
  }
  return listeners;
}

function kindOf({ trigger }: RegisteredFunction): CreateListener {
  const kind = kinds.get(trigger.type.toLowerCase());
  if (!kind) throw new Error(`the local host has no ${trigger.type}`);
  return kind;
}
