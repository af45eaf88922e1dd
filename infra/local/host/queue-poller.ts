/** Runs a queue-triggered function for each message of its queue; polls less often while none come. */
import { setTimeout } from "node:timers/promises";
import type { DequeuedMessageItem } from "@azure/storage-queue";
import type { FunctionApp } from "./function-app.ts";
import { fromHost, reasonOf } from "./logger.ts";
import { createPollingDelay } from "./polling-delay.ts";
import { deliver } from "./queue-delivery.ts";
import type { RegisteredFunction } from "./registry.ts";
import type { StorageQueue } from "./storage-queue.ts";

/** @returns how to stop it. Without its storage the function is in error; the others run. */
export function startQueue(app: FunctionApp, fn: RegisteredFunction): () => void {
  const stopping = new AbortController();
  const { signal } = stopping;
  void openQueue(fn).then(
    (queue) => poll(app, fn, queue, signal),
    (error: unknown) =>
      app.log("error", fromHost, `The '${fn.name}' function is in error: ${reasonOf(error)}`),
  );
  return () => stopping.abort();
}

/** The SDK imports slowly, so load it only for an app with a queue, once it listens. */
async function openQueue({ trigger }: RegisteredFunction): Promise<StorageQueue> {
  const { queueName = "", connection = "" } = trigger;
  const connectionString = process.env[connection];
  if (!connectionString) throw new Error(`there is no setting ${connection}`);
  const { StorageQueue } = await import("./storage-queue.ts");
  return new StorageQueue(connectionString, queueName);
}

async function poll(app: FunctionApp, fn: RegisteredFunction, queue: StorageQueue, signal: AbortSignal) {
  const { batchSize, newBatchThreshold, maxPollingIntervalMs } = app.settings.queues;
  const delay = createPollingDelay(maxPollingIntervalMs);
  const delivering = new Set<Promise<void>>();
  const source = { name: fn.name, invocationId: "-" };
  let trouble: string | undefined;
  while (!signal.aborted) {
    const end = app.running.begin();
    const { messages = [], failure } = await take(queue, batchSize, signal);
    if (failure !== undefined && failure !== trouble)
      app.log("warning", source, `Queue '${queue.name}' can't be read (${failure}). Polling goes on.`);
    trouble = failure;
    for (const message of messages) {
      const delivery = deliver({ app, fn, queue, message });
      delivering.add(delivery);
      void delivery.then(() => delivering.delete(delivery));
    }
    end();
    while (delivering.size > newBatchThreshold) await Promise.race(delivering);
    if (messages.length > 0) delay.reset();
    else await setTimeout(delay.nextMs(), undefined, { signal }).catch(() => undefined);
  }
}

type Taken = { messages?: DequeuedMessageItem[]; failure?: string };

/** Messages that arrive after a stop go back at once. */
async function take(queue: StorageQueue, most: number, signal: AbortSignal): Promise<Taken> {
  try {
    const messages = await queue.take(most);
    if (!signal.aborted) return { messages };
    await Promise.all(messages.map((message) => queue.hide(message, 0)));
    return {};
  } catch (error) {
    return { failure: reasonOf(error) };
  }
}
