/** Turns a storage queue's message into trigger data: its text, and the metadata that the real host adds. */
import type { DequeuedMessageItem } from "@azure/storage-queue";
import type { TriggerMetadata } from "./core-types.ts";

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Undefined if the text isn't base64. */
export function decodeMessage(text: string): string | undefined {
  return BASE64.test(text) ? Buffer.from(text, "base64").toString() : undefined;
}

/** The library lower-cases the first letters: `context.triggerMetadata.dequeueCount`. */
export function metadataOf(message: DequeuedMessageItem, text: string): TriggerMetadata {
  return {
    QueueTrigger: { string: text },
    Id: { string: message.messageId },
    DequeueCount: { int: message.dequeueCount },
    InsertionTime: timeOf(message.insertedOn),
    ExpirationTime: timeOf(message.expiresOn),
    NextVisibleTime: timeOf(message.nextVisibleOn),
    PopReceipt: { string: message.popReceipt },
  };
}

/** In the format of .NET's DateTimeOffset. */
const timeOf = (time: Date) => ({ json: JSON.stringify(time.toISOString().replace("Z", "+00:00")) });
