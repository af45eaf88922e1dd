/** Outbox on Queue Storage. Each item is sealed: the queue reveals no recipient or subject. */
import type { QueueClient } from "@azure/storage-queue";
import * as z from "zod";
import { memoizeFor } from "../../cache.ts";
import { type Clock, SECOND } from "../../domain/clock.ts";
import { type Outbox, OutboxItem, outlivesOwner } from "../../domain/messages/announcement.ts";
import type { Queued } from "../../domain/messages/delivery.ts";
import { OwnerId } from "../../domain/owner.ts";
import { contextOf, isUnreadable, unreadable } from "../../domain/sealing/seal.ts";
import { jsonOf } from "../../domain/text.ts";
import type { LastingSeal, OwnerSeal } from "../keys/owner-seal.ts";
import type { SendMessage } from "./queue-messages.ts";

export const OUTBOX_QUEUE = "messages";

/**
 * `lasting`: sealed so that it outlives its owner; `sealed`: under the owner's key. The former release wrote
 * nothing but `sealed`; what it doesn't know it leaves to be tried again, by an instance of this one.
 * `incarnation`: the owner's when it was put there.
 */
const Envelope = z.looseObject({
  owner: OwnerId,
  incarnation: z.string().optional(),
  sealed: z.base64().optional(),
  lasting: z.base64().optional(),
});
type Envelope = z.infer<typeof Envelope>;

/** A queue text, or the value that the host has parsed it into. */
const QueueText = z.union([jsonOf(Envelope), Envelope]);

const DEADLINE_MS = 4000;

export type OutboxSeals = { seal: OwnerSeal; lasting: LastingSeal };

export const queueOutbox = (send: SendMessage, seals: OutboxSeals): Outbox => ({
  async put(owner, item, delaySeconds) {
    const content = Buffer.from(JSON.stringify(item));
    const envelope = outlivesOwner(item)
      ? await sealLasting(seals, owner, content)
      : await sealOwn(seals, owner, content);
    await send(JSON.stringify(envelope), delaySeconds);
  },
});

async function sealLasting(
  { seal, lasting }: OutboxSeals,
  owner: OwnerId,
  content: Buffer,
): Promise<Envelope> {
  const incarnation = (await seal.incarnation(owner))?.name;
  const sealed = await lasting.seal(owner, lastingContext(owner, incarnation), content);
  return { owner, incarnation, lasting: sealed.toString("base64") };
}

async function sealOwn({ seal }: OutboxSeals, owner: OwnerId, content: Buffer): Promise<Envelope> {
  const sealed = await seal.seal(owner, ownContext(owner), content);
  const incarnation = (await seal.incarnation(owner))?.name;
  return { owner, incarnation, sealed: sealed.toString("base64") };
}

/**
 * Opens a queue message; undefined if it went with its owner, who was erased since. Fails as
 * `backup-unreadable` if it is not ours.
 */
export async function openQueued(seals: OutboxSeals, message: unknown): Promise<Queued | undefined> {
  const parsed = QueueText.safeParse(message);
  if (!parsed.success) throw unreadable();
  const { lasting, sealed } = parsed.data;
  if (lasting !== undefined) return await openLasting(seals, parsed.data, lasting);
  if (sealed !== undefined) return await openOwn(seals, parsed.data, sealed);
  throw unreadable();
}

async function openLasting(
  { seal, lasting }: OutboxSeals,
  { owner, incarnation }: Envelope,
  sealed: string,
): Promise<Queued> {
  const context = lastingContext(owner, incarnation);
  const item = itemIn(await lasting.open(owner, context, Buffer.from(sealed, "base64")));
  return { owner, item, isOwnerErased: await hasEnded(seal, owner, incarnation) };
}

async function openOwn(
  { seal }: OutboxSeals,
  envelope: Envelope,
  sealed: string,
): Promise<Queued | undefined> {
  const { owner } = envelope;
  try {
    const content = await seal.open(owner, ownContext(owner), Buffer.from(sealed, "base64"));
    return { owner, item: itemIn(content), isOwnerErased: false };
  } catch (error) {
    if (isUnreadable(error) && (await isOfFormerIncarnation(seal, envelope))) return undefined;
    throw error;
  }
}

/** What it says of itself may be forged: whoever can write it there can also take it away. */
async function isOfFormerIncarnation(seal: OwnerSeal, { owner, incarnation }: Envelope): Promise<boolean> {
  if (await seal.isShredded(owner)) return true;
  return incarnation !== undefined && (await hasEnded(seal, owner, incarnation));
}

/** A cached key may be one that another instance has replaced since: a difference is looked at again. */
async function hasEnded(seal: OwnerSeal, owner: OwnerId, incarnation: string | undefined): Promise<boolean> {
  const isOther = async () => (await seal.incarnation(owner))?.name !== incarnation;
  if (!(await isOther())) return false;
  seal.forget(owner);
  return await isOther();
}

const itemIn = (content: Buffer): OutboxItem => jsonOf(OutboxItem).parse(content.toString());

const ownContext = (owner: OwnerId) => contextOf("outbox", 1, owner);

const lastingContext = (owner: OwnerId, incarnation: string | undefined) =>
  contextOf("outbox", 2, owner, incarnation ?? null);

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
