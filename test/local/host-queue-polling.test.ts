/** Queue triggers without a queue: host.json's settings, the wait between polls, a function that takes long. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { Hooks } from "../../infra/local/host/hooks.ts";
import { createPollingDelay } from "../../infra/local/host/polling-delay.ts";
import { deliver } from "../../infra/local/host/queue-delivery.ts";
import { decodeMessage } from "../../infra/local/host/queue-message.ts";
import { readQueueSettings } from "../../infra/local/host/queue-settings.ts";
import { Running } from "../../infra/local/host/running.ts";

afterEach(() => void vi.useRealTimers());

describe("R42 host.json's queue settings", () => {
  test("have the real host's defaults", () => {
    expect(readQueueSettings(undefined)).toEqual({
      maxPollingIntervalMs: 60_000,
      visibilityTimeoutMs: 0,
      batchSize: 16,
      newBatchThreshold: 8,
      maxDequeueCount: 5,
      messageEncoding: "base64",
    });
  });

  test("are read", () => {
    const given = { maxPollingInterval: "00:00:02", visibilityTimeout: "00:00:30", messageEncoding: "None" };
    expect(readQueueSettings({ ...given, batchSize: 1 })).toMatchObject({
      maxPollingIntervalMs: 2_000,
      visibilityTimeoutMs: 30_000,
      batchSize: 1,
      newBatchThreshold: 0,
      messageEncoding: "none",
    });
  });

  test.each([
    { batchSize: 33 },
    { batchSize: "16" },
    { maxDequeueCount: 0 },
    { newBatchThreshold: -1 },
    { maxPollingInterval: "2s" },
    { maxPollingInterval: "00:00:00.05" },
    { visibilityTimeout: 30 },
    { messageEncoding: "utf8" },
  ])("are refused by name: %j", (section) => {
    expect(() => readQueueSettings(section)).toThrow(`host.json: ${Object.keys(section)[0]}`);
  });
});

test("R42 a message is read in the encoding that host.json names", () => {
  const texts = ["e30=", "e30", "hällo", ""];
  expect(texts.map((text) => decodeMessage(text, "none"))).toEqual(texts);
  expect(texts.map((text) => decodeMessage(text, "base64"))).toEqual(["{}", undefined, undefined, ""]);
});

test("R42 polls come ever later up to the longest wait, and soon again after a message", () => {
  for (let round = 0; round < 100; round++) {
    const delay = createPollingDelay(2_000);
    const waits = Array.from({ length: 8 }, () => delay.nextMs());
    expect(waits[0]).toBe(100);
    expect(waits[1]).toBeGreaterThanOrEqual(180);
    expect(waits[1]).toBeLessThanOrEqual(220);
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(waits.at(-1)).toBe(2_000);
    delay.reset();
    expect(delay.nextMs()).toBe(100);
  }
});

test("R42 a message stays hidden while its function runs, however long", async () => {
  vi.useFakeTimers();
  const done = Promise.withResolvers<void>();
  const message = aMessage();
  const calls: string[] = [];
  const queue = {
    poisonName: undefined,
    hide: async () => void calls.push(`hide ${message.popReceipt}`),
    delete: async () => void calls.push("delete"),
    poison: async () => void calls.push("poison"),
  };
  const delivering = deliver({ app: anApp(), fn: aFunction(() => done.promise), queue, message });
  await vi.advanceTimersByTimeAsync(11 * 60_000);
  expect(calls).toEqual(["hide receipt", "hide receipt"]);
  done.resolve();
  await delivering;
  await vi.advanceTimersByTimeAsync(11 * 60_000);
  expect(calls.slice(2)).toEqual(["delete"]);
});

const aMessage = () => ({
  messageId: "id",
  messageText: "e30=",
  popReceipt: "receipt",
  dequeueCount: 1,
  insertedOn: new Date(),
  expiresOn: new Date(),
  nextVisibleOn: new Date(),
});

function aFunction(callback: () => Promise<void>) {
  const trigger = { type: "queueTrigger", direction: "in" };
  const metadata = { name: "work", bindings: { trigger } };
  return { id: "id", name: "work", metadata, callback, triggerName: "trigger", trigger };
}

const anApp = () => ({
  settings: {
    routePrefix: "api",
    customHeaders: [],
    maxOutstandingRequests: 1,
    functionTimeoutMs: Number.POSITIVE_INFINITY,
    logLevel: "none" as const,
    queues: readQueueSettings(undefined),
  },
  functions: [],
  hooks: new Hooks(),
  running: new Running(),
  model: {
    getCapabilities: async () => ({}),
    getInvocationModel: () => ({
      getArguments: async () => ({ context: {}, inputs: [] }),
      invokeFunction: async (_: object, __: unknown[], callback: () => unknown) => callback(),
      getResponse: async () => ({}),
    }),
  },
  log: () => undefined,
  crash: () => undefined,
});
