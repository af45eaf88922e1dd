/** Outbox on Queue Storage. Each item is sealed for its owner: the queue reveals no recipient or subject. */
import type { QueueClient } from "@azure/storage-queue";
import * as z from "zod";
import { memoizeFor } from "../../cache.ts";
import { type Clock, SECOND } from "../../domain/clock.ts";
import { type Outbox, OutboxItem } from "../../domain/messages/announcement.ts";
import { OwnerId } from "../../domain/owner.ts";
import { contextOf, isUnreadable, unreadable } from "../../domain/sealing/seal.ts";
import { jsonOf } from "../../domain/text.ts";
import type { OwnerSeal } from "../keys/owner-seal.ts";
import type { SendMessage } from "./queue-messages.ts";

export const OUTBOX_QUEUE = "messages";

const Sealed = z.looseObject({ owner: OwnerId, sealed: z.base64() });

/** A queue text, or the value that the host has parsed it into. */
const QueueText = z.union([jsonOf(Sealed), Sealed]);

const DEADLINE_MS = 4000;

export const queueOutbox = (send: SendMessage, seal: OwnerSeal): Outbox => ({
  async put(owner, item, delaySeconds) {
    const sealed = await seal.seal(owner, contextFor(owner), Buffer.from(JSON.stringify(item)));
    const text = JSON.stringify({ owner, sealed: sealed.toString("base64") });
    await send(text, delaySeconds);
  },
});

/**
 * Opens a queue message; undefined if its owner was erased since. Fails as `backup-unreadable` if it is not
 * ours.
 */
export async function openQueued(
  seal: OwnerSeal,
  message: unknown,
): Promise<{ owner: OwnerId; item: OutboxItem } | undefined> {
  const parsed = QueueText.safeParse(message);
  if (!parsed.success) throw unreadable();
  const { owner, sealed } = parsed.data;
  try {
    const content = await seal.open(owner, contextFor(owner), Buffer.from(sealed, "base64"));
    return { owner, item: jsonOf(OutboxItem).parse(content.toString()) };
  } catch (error) {
    if (isUnreadable(error) && (await seal.isShredded(owner))) return undefined;
    throw error;
  }
}

const contextFor = (owner: OwnerId) => contextOf("outbox", 1, owner);

type QueueCounts = { waiting: number; failed: number };

/**
 * Approximate numbers of waiting and failed items; failed ones stay in the queue's `-poison` twin. Asks
 * storage at most every ten seconds; undefined while storage doesn't answer.
 */
export const queueCounts = (queue: QueueClient, poison: QueueClient, now: Clock) =>
  memoizeFor(now, 10 * SECOND, async (): Promise<QueueCounts> => {
    const [waiting, failed] = await Promise.all([count(queue), count(poison)]);
    return { waiting, failed };
  });

async function count(queue: QueueClient): Promise<number> {
  try {
    const { approximateMessagesCount = 0 } = await queue.getProperties({
      abortSignal: AbortSignal.timeout(DEADLINE_MS),
    });
    return approximateMessagesCount;
  } catch (error) {
    if (error instanceof Error && "statusCode" in error && error.statusCode === 404) return 0;
    throw error;
  }
}
