/** Delivers a message to its function, then deletes it, shows it later or moves it to the poison queue. */
import type { DequeuedMessageItem } from "@azure/storage-queue";
import type { FunctionApp } from "./function-app.ts";
import { invoke } from "./invoke.ts";
import { reasonOf } from "./logger.ts";
import { decodeMessage, metadataOf } from "./queue-message.ts";
import type { RegisteredFunction } from "./registry.ts";
import type { StorageQueue } from "./storage-queue.ts";

/** Half of the time that a taken message stays hidden. */
const HIDE_AGAIN_MS = 300_000;

export interface Delivery {
  app: FunctionApp;
  fn: RegisteredFunction;
  queue: Pick<StorageQueue, "poisonName" | "hide" | "delete" | "poison">;
  message: DequeuedMessageItem;
}

/** A message that could not be settled reappears by itself. */
export async function deliver(delivery: Delivery): Promise<void> {
  const { app, message } = delivery;
  const end = app.running.begin();
  try {
    await runAndSettle(delivery);
  } catch (error) {
    log(delivery, "error", `Message ${message.messageId} could not be settled (${reasonOf(error)}).`);
  } finally {
    end();
  }
}

async function runAndSettle(delivery: Delivery): Promise<void> {
  const { app, fn, queue, message } = delivery;
  const { maxDequeueCount, visibilityTimeoutMs } = app.settings.queues;
  const text = decodeMessage(message.messageText);
  if (text === undefined) return poison(delivery, "Message is not base64");
  const tooOften = `Message has reached MaxDequeueCount of ${maxDequeueCount}`;
  if (message.dequeueCount > maxDequeueCount) return poison(delivery, tooOften);
  const stopHiding = keepHidden(delivery);
  const result = await invoke(app, fn, { string: text }, metadataOf(message, text));
  await stopHiding();
  if (result) return queue.delete(message);
  if (message.dequeueCount >= maxDequeueCount) return poison(delivery, tooOften);
  await queue.hide(message, Math.ceil(visibilityTimeoutMs / 1000));
}

/** Keeps the message hidden while its function runs. @returns how to stop */
function keepHidden(delivery: Delivery): () => Promise<void> {
  const { queue, message } = delivery;
  let hiding = Promise.resolve();
  const timer = setInterval(() => {
    hiding = queue.hide(message).catch((error: unknown) => {
      log(delivery, "warning", `Message ${message.messageId} may be delivered again (${reasonOf(error)}).`);
    });
  }, HIDE_AGAIN_MS);
  return () => {
    clearInterval(timer);
    return hiding;
  };
}

async function poison(delivery: Delivery, reason: string): Promise<void> {
  const { queue, message } = delivery;
  log(delivery, "warning", `${reason}. Moving message to queue '${queue.poisonName}'.`);
  await queue.poison(message);
}

function log({ app, fn }: Delivery, level: "warning" | "error", message: string): void {
  app.log(level, { name: fn.name, invocationId: "-" }, message);
}
