/** A queue that answers slowly: the timer still puts a message for every shard of every sweep. */
import { createServer, request } from "node:http";
import { setTimeout } from "node:timers/promises";
import { expect, inject, it } from "vitest";
import { startSweeps } from "../../functions/sweep-functions.ts";
import { blobSweeps } from "../../lib/azure/blob-sweeps.ts";
import { managedIdentity } from "../../lib/azure/credential.ts";
import { sendTo } from "../../lib/azure/queue-messages.ts";
import { storageCalls } from "../../lib/azure/storage-calls.ts";
import { ownQueue } from "../storage/own-queue.ts";
import { ownContainer } from "../storage/targets.ts";

const ANSWERS_AFTER_MS = 200;
/** Six sweeps begin in all of the 64 shards at once, the slow one in the first. */
const MESSAGES = 6 * 64 + 1;

/** Before the stack's queues. */
async function slowly(url: string) {
  const { origin, hostname, port } = new URL(url);
  const server = createServer((incoming, outgoing) => {
    const { method, headers, url: path } = incoming;
    const onward = request({ hostname, port, method, headers, path }, async (answer) => {
      await setTimeout(ANSWERS_AFTER_MS);
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const slow = `http://127.0.0.1:${address instanceof Object ? address.port : 0}`;
  return { url: url.replace(origin, slow), close: () => server.close() };
}

it("R29 R32 a queue that answers after 200 ms gets all messages, and the run isn't marked failed", async () => {
  const [queue, storage] = [await ownQueue(), await ownContainer()];
  const proxy = await slowly(queue.queue.url);
  const connectionString = inject("surroundings").settings["QUEUE_STORAGE"] ?? "";
  const send = sendTo(proxy.url, storageCalls({ connectionString }, managedIdentity(undefined)));
  const store = blobSweeps(storage.blobs, storage.blobs, send);
  const { outcome } = await startSweeps(store, new Date());
  const { approximateMessagesCount: stored } = await queue.queue.getProperties();
  expect({ outcome, stored }).toEqual({ outcome: "started 7", stored: MESSAGES });
  proxy.close();
  await Promise.all([queue.close(), storage.close()]);
});
