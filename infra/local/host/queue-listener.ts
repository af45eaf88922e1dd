/** Runs a queue-triggered function for each message of its storage queue. */
import { resolveSettings } from "./app-settings.ts";
import type { Binding } from "./core-types.ts";
import type { FunctionApp } from "./function-app.ts";
import { invoke } from "./invoke.ts";
import type { Listener } from "./listeners.ts";
import { fromHost, reasonOf } from "./logger.ts";
import { QueuePoller } from "./queue-poller.ts";
import type { RegisteredFunction } from "./registry.ts";

/** @throws if a setting that the binding names is missing */
export function queueListener(app: FunctionApp, fn: RegisteredFunction): Listener {
  const name = resolveSettings(fn.trigger.queueName ?? "").toLowerCase();
  const connectionString = connectionStringOf(fn.trigger);
  let poller: QueuePoller | undefined;
  let stopped = false;

  /** The SDK takes long to import: only an app with a queue waits for it, and not before it listens. */
  async function poll(): Promise<void> {
    const { StorageQueue } = await import("./storage-queue.ts");
    if (stopped) return;
    poller = new QueuePoller(app, fn, new StorageQueue(connectionString, name));
    poller.pollIn(0);
  }

  function start(): void {
    poll().catch((error: unknown) =>
      app.log("error", fromHost, `The '${fn.name}' function is in error: ${reasonOf(error)}`),
    );
  }

  function stop(): void {
    stopped = true;
    poller?.stop();
  }

  async function run(input: string): Promise<void> {
    await invoke(app, fn, { string: input }, { QueueTrigger: { string: input } });
  }

  return { start, stop, run };
}

/** `connection` names an app setting, which may have the prefix `AzureWebJobs`. */
function connectionStringOf({ connection = "Storage" }: Binding): string {
  const found = process.env[`AzureWebJobs${connection}`] ?? process.env[connection];
  if (found) return found;
  throw new Error(`Storage account connection string '${connection}' does not exist`);
}
