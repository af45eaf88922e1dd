/** Runs a queue-triggered function for each message of its storage queue. */
import type { FunctionApp } from "./function-app.ts";
import type { Listener } from "./listener.ts";
import { fromHost, reasonOf } from "./logger.ts";
import { QueuePoller } from "./queue-poller.ts";
import type { RegisteredFunction } from "./registry.ts";

/** Without its storage the function is in error; the others run. */
export function queueListener(app: FunctionApp, fn: RegisteredFunction): Listener {
  let poller: QueuePoller | undefined;
  let stopped = false;

  /** The SDK imports slowly, so load it only for an app with a queue, once it listens. */
  async function poll(): Promise<void> {
    const { queueName = "", connection = "" } = fn.trigger;
    const connectionString = process.env[connection];
    if (!connectionString) throw new Error(`there is no setting ${connection}`);
    const { StorageQueue } = await import("./storage-queue.ts");
    if (stopped) return;
    poller = new QueuePoller(app, fn, new StorageQueue(connectionString, queueName));
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

  return { start, stop };
}
