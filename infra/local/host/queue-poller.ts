/** Takes messages from a queue in batches and starts their delivery; polls less often while none come. */
import type { DequeuedMessageItem } from "@azure/storage-queue";
import type { FunctionApp } from "./function-app.ts";
import { reasonOf } from "./logger.ts";
import { createPollingDelay, type PollingDelay } from "./polling-delay.ts";
import { deliver } from "./queue-delivery.ts";
import type { RegisteredFunction } from "./registry.ts";
import type { StorageQueue } from "./storage-queue.ts";

export class QueuePoller {
  readonly #app: FunctionApp;
  readonly #fn: RegisteredFunction;
  readonly #queue: StorageQueue;
  readonly #delay: PollingDelay;
  readonly #delivering = new Set<Promise<void>>();
  #timeout: NodeJS.Timeout | undefined;
  #trouble: string | undefined;
  #stopped = false;

  constructor(app: FunctionApp, fn: RegisteredFunction, queue: StorageQueue) {
    this.#app = app;
    this.#fn = fn;
    this.#queue = queue;
    this.#delay = createPollingDelay(app.settings.queues.maxPollingIntervalMs);
  }

  pollIn(milliseconds: number): void {
    if (!this.#stopped) this.#timeout = setTimeout(() => void this.#poll(), milliseconds);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timeout);
  }

  async #poll(): Promise<void> {
    const { batchSize, newBatchThreshold } = this.#app.settings.queues;
    const end = this.#app.running.begin();
    const messages = await this.#take(batchSize);
    for (const message of messages) this.#deliver(message);
    end();
    while (this.#delivering.size > newBatchThreshold) await Promise.race(this.#delivering);
    if (messages.length > 0) this.#delay.reset();
    this.pollIn(messages.length > 0 ? 0 : this.#delay.nextMs());
  }

  /** Empty if the queue can't be read. Messages that arrive after a stop go back at once. */
  async #take(most: number): Promise<DequeuedMessageItem[]> {
    try {
      const messages = await this.#queue.take(most);
      this.#trouble = undefined;
      if (!this.#stopped) return messages;
      await Promise.all(messages.map((message) => this.#queue.hide(message, 0)));
    } catch (error) {
      this.#report(reasonOf(error));
    }
    return [];
  }

  #report(trouble: string): void {
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    const source = { name: this.#fn.name, invocationId: "-" };
    this.#app.log(
      "warning",
      source,
      `Queue '${this.#queue.name}' can't be read (${trouble}). Polling goes on.`,
    );
  }

  #deliver(message: DequeuedMessageItem): void {
    const delivery = deliver({ app: this.#app, fn: this.#fn, queue: this.#queue, message });
    this.#delivering.add(delivery);
    void delivery.then(() => this.#delivering.delete(delivery));
  }
}
