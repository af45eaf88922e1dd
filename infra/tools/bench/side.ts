/** A measured instance: its host, a queue of its own, and when it has come to rest. */
import { setTimeout } from "node:timers/promises";
import { QueueClient } from "@azure/storage-queue";
import { startAzurite } from "../../local/azurite.ts";
import type { Closers } from "../../local/closers.ts";
import { ensureQueues } from "../../local/containers.ts";
import { startHost } from "../../local/host-process.ts";
import type { Stack } from "../../local/stack.ts";
import { cpuMs } from "./cpu.ts";
import type { Done, Job, LoadClient } from "./load.ts";

export type Side = {
  name: string;
  appFolder: string;
  api: string;
  pid: number;
  settings: Record<string, string>;
  /** Waits until the queue is empty and the process is idle. */
  settled(): Promise<void>;
};

const LOOK_MS = 100;
/** Consecutive quiet looks before the instance counts as idle. */
const STILL = 3;
/** Processor time per look that still counts as idle: a poll of an empty queue may fall into it. */
const NOTHING_MS = 10;
/** The longest wait: work deferred to later is not waited for. */
const PATIENCE_MS = 30_000;

export async function startSide(
  { settings: shared }: Stack,
  { name, appFolder, closers }: { name: string; appFolder: string; closers: Closers },
): Promise<Side> {
  const log = () => undefined;
  const { connectionString, close } = await startAzurite({
    data: undefined,
    ports: { blob: 0, queue: 0 },
    log,
  });
  closers.add(close);
  await ensureQueues(connectionString, ["messages", "sweeps"]);
  const settings = { ...shared, QUEUE_STORAGE: connectionString };
  const host = await startHost({ appFolder, port: 0, settings, log });
  closers.add(host.close);
  const queue = new QueueClient(connectionString, "messages");
  const pid = host.pid() ?? 0;
  return { name, appFolder, api: `${host.url}/api`, pid, settings, settled: () => settled(pid, queue) };
}

async function settled(pid: number, queue: QueueClient): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  for (let still = 0, last = cpuMs(pid); still < STILL && performance.now() < until; ) {
    await setTimeout(LOOK_MS);
    const now = cpuMs(pid);
    const { approximateMessagesCount: waiting = 0 } = await queue.getProperties();
    still = waiting === 0 && !(now - last > NOTHING_MS) ? still + 1 : 0;
    last = now;
  }
}

export type Block = Done & { cpuMs: number; windowMs: number };

/** Processor time includes all work that follows the answers. */
export async function runBlock(load: LoadClient, side: Side, lanes: Job["lanes"]): Promise<Block> {
  const [startedAt, before] = [performance.now(), cpuMs(side.pid)];
  const done = await load.run(lanes);
  await side.settled();
  return { ...done, cpuMs: cpuMs(side.pid) - before, windowMs: performance.now() - startedAt };
}
