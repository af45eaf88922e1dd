/** Delivers queued items: logs what happened, writes to each contact, retries later what fails (R18). */

import { type Clock, DAY, later } from "../clock.ts";
import type { Addressee } from "../contacts/contact.ts";
import type { SendBudget } from "../contacts/send-limits.ts";
import { shownName } from "../device.ts";
import { capabilityFor } from "../devices/repudiation.ts";
import { Failure } from "../failure.ts";
import { sha256 } from "../hash.ts";
import type { OwnerId } from "../owner.ts";
import type { KeyedHash } from "../sealing/keyed-hash.ts";
import type { Activity, ActivityLog } from "./activity.ts";
import {
  ALARM_DAYS,
  type Announcement,
  type Letter,
  LetterKind,
  type Outbox,
  type OutboxItem,
} from "./announcement.ts";
import type { Language } from "./language.ts";
import type { Messenger } from "./messenger.ts";

/** What letters say, in each language. */
export interface Wording {
  /** What a device without a name is called. */
  unnamed(language: Language): string;
  letter(letter: Letter): { subject: string; text: string };
}

/** `callingCodeOf`: of a number as E.164 writes it. `publicBaseUrl`: where the link in an alarm leads. */
type DeliveryPorts = {
  activity: ActivityLog;
  outbox: Outbox;
  sendBudget: SendBudget;
  callingCodeOf(number: string): string;
  messenger: Messenger;
  wording: Wording;
  keyedHash: KeyedHash;
  clock: Clock;
  publicBaseUrl: string;
};

/** What became of an item, for the log; `because`: why it couldn't be sent. */
export type Delivery = {
  outcome: "announced" | "logged" | "sent" | "postponed" | "expired" | "owner erased";
  because?: unknown;
};

/** More than fit into an alarm's three days: its time ends it, not the count. */
const MAX_TRIES = 100;
const FIRST_WAIT_SECONDS = 30;
const LONGEST_WAIT_SECONDS = 3600;

const TOO_LATE = new Failure("messages-unavailable", "The letter's time was over before it could be sent.");

/** `isOwnerErased`: since it was put on its way, whether or not they have begun anew. */
export type Queued = { owner: OwnerId; item: OutboxItem; isOwnerErased: boolean };

/**
 * `queued` undefined: it went with its owner. Throws, for the queue to try it again and at last to put it
 * aside, if it can't even be postponed.
 */
export async function deliver(ports: DeliveryPorts, queued: Queued | undefined): Promise<Delivery> {
  if (!queued) return { outcome: "owner erased" };
  const { owner, item, isOwnerErased } = queued;
  if (item.type === "letter") return await send(ports, owner, item);
  if (item.type === "announcement") return await tellAll(ports, owner, item, isOwnerErased);
  return await log(ports, owner, item.activity);
}

async function log({ activity }: DeliveryPorts, owner: OwnerId, entry: Activity): Promise<Delivery> {
  await activity.append(owner, entry);
  return { outcome: "logged" };
}

/** People are told, whatever became of the owner; the log of who was erased is gone. */
async function tellAll(
  ports: DeliveryPorts,
  owner: OwnerId,
  announcement: Announcement,
  isOwnerErased: boolean,
): Promise<Delivery> {
  const { activity, recipients } = announcement;
  if (recipients.length === 0) return await log(ports, owner, activity);
  const address = await addressToEnd(ports, owner, activity);
  const letters = recipients.map((each) => letterTo(each, announcement, address, ports.wording));
  const entry = { type: "log-entry" as const, activity };
  const items: OutboxItem[] = isOwnerErased ? letters : [...letters, entry];
  await Promise.all(items.map((item) => ports.outbox.put(owner, item)));
  return { outcome: "announced" };
}

/** The address that ends the device, if a device did it. */
async function addressToEnd(
  { keyedHash, publicBaseUrl }: DeliveryPorts,
  owner: OwnerId,
  { device, at }: Activity,
): Promise<string | undefined> {
  if (!device) return undefined;
  return `${publicBaseUrl}/v1/alarms/${await capabilityFor(keyedHash, { owner, device: device.id }, at)}`;
}

function letterTo(
  { link, ...to }: Addressee,
  { activity: { id, kind, at, device }, eraseAt, revokeAt }: Announcement,
  address: string | undefined,
  wording: Wording,
): Letter {
  return {
    type: "letter",
    id: `${id} ${sha256(to.address)}`,
    to,
    kind: LetterKind.parse(kind),
    at,
    until: later(at, ALARM_DAYS * DAY),
    tries: 0,
    ...(device && { deviceName: shownName(device.name, wording.unnamed(to.language)) }),
    ...(eraseAt && { eraseAt }),
    ...(revokeAt && { revokeAt }),
    ...(address && link && { link: `${address}?language=${to.language}` }),
  };
}

async function send(ports: DeliveryPorts, owner: OwnerId, letter: Letter): Promise<Delivery> {
  const { messenger, outbox, wording, clock } = ports;
  if (letter.until <= clock()) return { outcome: "expired", ...(letter.tries > 0 && { because: TOO_LATE }) };
  let { paid } = letter;
  try {
    paid ||= await pay(ports, letter);
    await messenger.send({ id: uuidOf(`${owner} ${letter.id}`), ...letter.to, ...wording.letter(letter) });
    return { outcome: "sent" };
  } catch (error) {
    const isKnown = error instanceof Failure && error.kind === "messages-unavailable";
    if (!isKnown || letter.tries >= MAX_TRIES) throw error;
    const tries = letter.tries + 1;
    const wait = Math.min(FIRST_WAIT_SECONDS * 2 ** letter.tries, LONGEST_WAIT_SECONDS);
    await outbox.put(owner, { ...letter, tries, ...(paid && { paid }) }, wait);
    return { outcome: "postponed", because: error };
  }
}

/**
 * A code was counted when it was asked for; an alarm is counted here, once. Fails as `messages-unavailable` if
 * the day's budget for the number's country is used up.
 */
async function pay({ sendBudget, callingCodeOf, clock }: DeliveryPorts, { kind, to }: Letter): Promise<true> {
  if (to.channel === "email" || kind === "code") return true;
  if (await sendBudget.take("alarms", callingCodeOf(to.address), clock())) return true;
  throw new Failure("messages-unavailable", "The country had its share today.");
}

/** Communication Services names its operations by UUID; the same letter always has the same. */
function uuidOf(id: string): string {
  const hex = Buffer.from(sha256(id), "base64url").toString("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
