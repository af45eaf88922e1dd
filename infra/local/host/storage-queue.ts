/** A trigger's storage queue: takes messages, hides, deletes them, moves them to the poison queue. */
import { type DequeuedMessageItem, QueueServiceClient, RestError } from "@azure/storage-queue";

const TAKEN_SECONDS = 600;
const RETRIES = { maxTries: 3, retryDelayInMs: 100, maxRetryDelayInMs: 1000, tryTimeoutInMs: 10_000 };
const GONE = ["MessageNotFound", "PopReceiptMismatch", "QueueNotFound"];

export class StorageQueue {
  readonly name: string;
  readonly poisonName: string;
  readonly #service: QueueServiceClient;

  /** @throws if the connection string is malformed */
  constructor(connectionString: string, name: string) {
    this.name = name;
    this.poisonName = `${name}-poison`;
    this.#service = QueueServiceClient.fromConnectionString(connectionString, { retryOptions: RETRIES });
  }

  /** Hides them from everyone else for ten minutes. */
  async take(most: number): Promise<DequeuedMessageItem[]> {
    const found = await this.#queue().receiveMessages({
      numberOfMessages: most,
      visibilityTimeout: TAKEN_SECONDS,
    });
    return found.receivedMessageItems;
  }

  async hide(message: DequeuedMessageItem, seconds = TAKEN_SECONDS): Promise<void> {
    const { messageId, popReceipt } = message;
    const hidden = await unlessGone(this.#queue().updateMessage(messageId, popReceipt, undefined, seconds));
    message.popReceipt = hidden?.popReceipt ?? popReceipt;
  }

  async delete({ messageId, popReceipt }: DequeuedMessageItem): Promise<void> {
    await unlessGone(this.#queue().deleteMessage(messageId, popReceipt));
  }

  async poison(message: DequeuedMessageItem): Promise<void> {
    const poison = this.#service.getQueueClient(this.poisonName);
    await poison.createIfNotExists();
    await poison.sendMessage(message.messageText);
    await this.delete(message);
  }

  #queue() {
    return this.#service.getQueueClient(this.name);
  }
}

/** Undefined if the message has been deleted, or was hidden too briefly and another client has taken it. */
async function unlessGone<T>(settling: Promise<T>): Promise<T | undefined> {
  try {
    return await settling;
  } catch (error) {
    if (error instanceof RestError && GONE.includes(error.code ?? "")) return undefined;
    throw error;
  }
}
