/** A stack with slow storage, queue and vault that records each call of one operation. */
import { setTimeout } from "node:timers/promises";
import { QueueClient } from "@azure/storage-queue";
import type { Stack } from "../../local/stack.ts";
import {
  blobKind,
  type Call,
  type Hold,
  queueKind,
  type RecordingProxy,
  startProxy,
  takesMessages,
} from "./recording-proxy.ts";
import { through } from "./settings.ts";

/** Longer than anything else that happens between two calls. */
export const DELAY_MS = 60;

const LOOK_MS = 50;
/** Consecutive quiet looks before the stack counts as still. */
const STILL = 4;
/** The longest wait: work deferred to later is not waited for. */
const PATIENCE_MS = 10_000;

export type DelayedStack = {
  /** For instances whose calls are recorded. */
  settings: Record<string, string>;
  /**
   * Calls are slow only during `work`. The host gets no message before the answer, so its deliveries count as
   * `after`, as does any call that nobody waited for.
   */
  noted(work: () => Promise<unknown>): Promise<{ milliseconds: number; before: Call[]; after: Call[] }>;
  settled(): Promise<void>;
  close(): Promise<void>;
};

export async function delayedStack({ settings, addresses }: Stack): Promise<DelayedStack> {
  const { blob, queue, vault } = addresses;
  let isSlow = false;
  let answered = Promise.resolve();
  const hold: Hold = (call, kind) => {
    if (takesMessages(call)) return answered;
    return isSlow && kind ? setTimeout(DELAY_MS) : undefined;
  };
  const proxies: [string, RecordingProxy][] = [
    [blob, await startProxy(blob, { kindOf: blobKind, hold })],
    [queue, await startProxy(queue, { kindOf: queueKind, hold })],
    [vault, await startProxy(vault, { kindOf: () => "vault", hold })],
  ];
  const running = () => proxies.reduce((count, [, proxy]) => count + proxy.running(), 0);
  const take = () => proxies.flatMap(([, proxy]) => proxy.take());
  const messages = new QueueClient(settings["QUEUE_STORAGE"] ?? "", "messages");
  const settled = () => untilStill(messages, running);
  return {
    settings: through(settings, ...proxies.map(([from, { url: to }]) => ({ from, to }))),
    settled,
    async noted(work) {
      take();
      isSlow = true;
      const answer = Promise.withResolvers<void>();
      answered = answer.promise;
      const startedAt = performance.now();
      await work().finally(answer.resolve);
      const answeredAt = performance.now();
      await settled();
      isSlow = false;
      const calls = take();
      const wasBefore = ({ endedAt }: Call) => endedAt <= answeredAt;
      return {
        milliseconds: answeredAt - startedAt,
        before: calls.filter(wasBefore),
        after: calls.filter((call) => !wasBefore(call)),
      };
    },
    async close() {
      for (const [, proxy] of proxies) await proxy.close();
    },
  };
}

/** Waits until the queue is empty and no call is running, long enough for a next one to have begun. */
async function untilStill(messages: QueueClient, running: () => number): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  for (let still = 0; still < STILL && performance.now() < until; ) {
    await setTimeout(LOOK_MS);
    const { approximateMessagesCount: waiting = 0 } = await messages.getProperties();
    still = running() === 0 && waiting === 0 ? still + 1 : 0;
  }
}
