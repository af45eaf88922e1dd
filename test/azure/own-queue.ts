/** A queue of the test's own, in the stack's storage. */
import { type QueueClient, QueueServiceClient } from "@azure/storage-queue";
import { inject } from "vitest";
import { managedIdentity } from "../../lib/azure/credential.ts";
import { storageCalls } from "../../lib/azure/storage-calls.ts";
import { type SendMessage, sendTo } from "../../lib/azure/stores/queue-messages.ts";

export type OwnQueue = {
  queue: QueueClient;
  poison: QueueClient;
  send: SendMessage;
  sendToPoison: SendMessage;
  close(): Promise<void>;
};

/** Its poison twin is created with the first message put aside, as by the host. */
export async function ownQueue(): Promise<OwnQueue> {
  const address = inject("surroundings").settings["QUEUE_STORAGE"] ?? "";
  const service = QueueServiceClient.fromConnectionString(address);
  const name = `test-${crypto.randomUUID()}`;
  const [queue, poison] = [service.getQueueClient(name), service.getQueueClient(`${name}-poison`)];
  await queue.create();
  const calls = storageCalls({ connectionString: address }, managedIdentity(undefined));
  return {
    queue,
    poison,
    send: sendTo(queue.url, calls),
    sendToPoison: sendTo(poison.url, calls),
    close: async () => void (await Promise.all([queue.delete(), poison.deleteIfExists()])),
  };
}

/** The value that the host hands to the function: the text, parsed if it is JSON. */
export const textOf = ({ messageText }: { messageText: string }): string =>
  Buffer.from(messageText, "base64").toString();
