/** A slow queue: the timer still puts a message for every shard of every sweep. */
import { expect, it } from "vitest";
import { startSweeps } from "../../functions/operations/sweep-functions.ts";
import { managedIdentity } from "../../lib/azure/credential.ts";
import { storageCalls } from "../../lib/azure/storage-calls.ts";
import { blobSweeps } from "../../lib/azure/stores/blob-sweeps.ts";
import { sendTo } from "../../lib/azure/stores/queue-messages.ts";
import { SWEEPS } from "../../lib/domain/sweeps/sweep.ts";
import { ownQueue } from "../azure/own-queue.ts";
import { ownContainer } from "../azure/targets.ts";
import { startFaultProxy } from "../support/fault-proxy.ts";

const ANSWERS_AFTER_MS = 200;
/** All sweeps begin in each of the 64 shards at once, but for the slow one, which begins in the first. */
const MESSAGES = (SWEEPS.length - 1) * 64 + 1;

it("R29 R32 a queue that answers after 200 ms gets all messages, and the run isn't marked failed", async () => {
  const [queue, storage] = [await ownQueue(), await ownContainer()];
  const proxy = await startFaultProxy("queue");
  proxy.order("delay", { delayMs: ANSWERS_AFTER_MS });
  const url = new URL(queue.queue.url);
  url.host = proxy.host;
  const connectionString = proxy.settings["QUEUE_STORAGE"] ?? "";
  const send = sendTo(url.href, storageCalls({ connectionString }, managedIdentity(undefined)));
  const store = blobSweeps(storage.blobs, storage.blobs, send);
  const { outcome } = await startSweeps(store, new Date());
  const { approximateMessagesCount: stored } = await queue.queue.getProperties();
  expect({ outcome, stored }).toEqual({ outcome: `started ${SWEEPS.length}`, stored: MESSAGES });
  await Promise.all([proxy.close(), queue.close(), storage.close()]);
});
