/** A started app: its functions, its programming model, and its hooks for the end. */
import type { HookCallback, ProgrammingModel } from "./core-types.ts";
import type { HostSettings } from "./host-json.ts";
import type { Logger } from "./logger.ts";
import type { RegisteredFunction } from "./registry.ts";
import type { Running } from "./running.ts";

export interface FunctionApp {
  settings: HostSettings;
  functions: RegisteredFunction[];
  /** The appTerminate hooks. */
  atEnd: HookCallback[];
  model: ProgrammingModel;
  running: Running;
  log: Logger;
}
