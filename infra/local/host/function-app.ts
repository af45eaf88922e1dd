/** A started app: its functions, hooks and programming model, and how to run one invocation. */

import type { ProgrammingModel } from "./core-types.ts";
import type { Hooks } from "./hooks.ts";
import type { HostSettings } from "./host-json.ts";
import type { Logger } from "./logger.ts";
import type { RegisteredFunction } from "./registry.ts";
import type { Running } from "./running.ts";

export interface FunctionApp {
  settings: HostSettings;
  functions: RegisteredFunction[];
  hooks: Hooks;
  model: ProgrammingModel;
  running: Running;
  log: Logger;
  /** Ends the process as the platform replaces a broken worker; open requests get a 500. */
  crash(reason: string): void;
}
