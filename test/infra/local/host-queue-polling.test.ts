/** Queue triggers without a queue: host.json's settings, the wait between polls, slow functions. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { createPollingDelay } from "../../../infra/local/host/polling-delay.ts";
import { deliver } from "../../../infra/local/host/queue-delivery.ts";
import { decodeMessage } from "../../../infra/local/host/queue-message.ts";
import { readQueueSettings } from "../../../infra/local/host/queue-settings.ts";
import { aFunction, anApp } from "./host-app/an-app.ts";

afterEach(() => void vi.useRealTimers());

describe("R42 host.json's queue settings", () => {
  test("have the real host's defaults", () => {
    expect(readQueueSettings(undefined)).toEqual({
      maxPollingIntervalMs: 60_000,
      visibilityTimeoutMs: 0,
      batchSize: 16,
      newBatchThreshold: 8,
      maxDequeueCount: 5,
    });
  });

  test("are read", () => {
    const given = { maxPollingInterval: "00:00:02", visibilityTimeout: "00:00:30" };
    expect(readQueueSettings({ ...given, batchSize: 1 })).toMatchObject({
      maxPollingIntervalMs: 2_000,
      visibilityTimeoutMs: 30_000,
      batchSize: 1,
      newBatchThreshold: 0,
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
  ])("are refused by name: %j", (section) => {
    expect(() => readQueueSettings(section)).toThrow(`host.json: ${Object.keys(section)[0]}`);
  });
});

test("R42 a message is read as base64", () => {
  const texts = ["e30=", "e30", "hällo", ""];
  expect(texts.map(decodeMessage)).toEqual(["{}", undefined, undefined, ""]);
});

test("R42 polls come later and later up to the longest wait, and soon again after a message", () => {
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
    poisonName: "work-poison",
    hide: async () => void calls.push(`hide ${message.popReceipt}`),
    delete: async () => void calls.push("delete"),
    poison: async () => void calls.push("poison"),
  };
  const delivering = deliver({
    app: anApp(),
    fn: aFunction("work", { type: "queueTrigger" }, () => done.promise),
    queue,
    message,
  });
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
