/** The queue's function: what happened is logged and told to each contact; what can't be sent now is tried again later (R18). */
import type { Activity } from "../lib/domain/activity.ts";
import { type Announcement, type Letter, LetterKind, type OutboxItem } from "../lib/domain/announcement.ts";
import { DAY, later } from "../lib/domain/clock.ts";
import { shownName } from "../lib/domain/device.ts";
import { Failure } from "../lib/domain/failure.ts";
import type { Messenger } from "../lib/domain/messenger.ts";
import { type DeviceId, type OwnerId, sha256 } from "../lib/domain/owner.ts";
import { capabilityFor } from "../lib/domain/repudiation.ts";
import { callingCodeOf } from "../lib/http/address.ts";
import type { Services } from "../lib/http/services.ts";
import { texts } from "../lib/texts/languages.ts";
import { readable } from "../lib/texts/texts.ts";

type Delivering = Pick<Services, "activity" | "sendBudget" | "outbox" | "peppers" | "clock" | "policy"> & {
  messenger: Messenger;
};

/** What became of an item, for the log; `because`: why it couldn't be sent. */
export type Delivery = {
  outcome: "announced" | "logged" | "sent" | "postponed" | "expired" | "owner erased";
  because?: unknown;
};

const ALARM_DAYS = 3;
const MAX_TRIES = 60;
const FIRST_WAIT_SECONDS = 30;
const LONGEST_WAIT_SECONDS = 3600;

const TOO_LATE = new Failure("messages-unavailable", "The letter's time was over before it could be sent.");

/** Fails, for the host to try it again and at last to put it aside, if it can't even be postponed. */
export const deliverMessages = async (
  services: Delivering,
  queued: { owner: OwnerId; item: OutboxItem } | undefined,
): Promise<Delivery> => {
  if (!queued) return { outcome: "owner erased" };
  const { owner, item } = queued;
  if (item.type === "letter") return await send(services, owner, item);
  if (item.type === "announcement") return await tellAll(services, owner, item);
  return await log(services, owner, item.activity);
};

async function log({ activity }: Delivering, owner: OwnerId, entry: Activity): Promise<Delivery> {
  await activity.append(owner, entry);
  return { outcome: "logged" };
}

async function tellAll(services: Delivering, owner: OwnerId, announcement: Announcement): Promise<Delivery> {
  const { activity, recipients, eraseAt } = announcement;
  const { kind, at, device, id } = activity;
  if (recipients.length === 0) return await log(services, owner, activity);
  const alarm = device && (await alarmFor(services, { owner, device: device.id }, at));
  const letters = recipients.map(
    ({ link, ...to }): Letter => ({
      ...{ type: "letter", id: `${id} ${sha256(to.address)}`, to, kind: LetterKind.parse(kind), at },
      ...{ until: later(at, ALARM_DAYS * DAY), tries: 0 },
      ...(device && { deviceName: shownName(device.name, texts[to.language].unnamed) }),
      ...(eraseAt && { eraseAt }),
      ...(alarm && link && { link: `${alarm}?language=${to.language}` }),
    }),
  );
  const items: OutboxItem[] = [...letters, { type: "log-entry", activity }];
  await Promise.all(items.map((item) => services.outbox.put(owner, item)));
  return { outcome: "announced" };
}

/** Where the device can be ended. */
async function alarmFor(
  { peppers, policy }: Delivering,
  alarm: { owner: OwnerId; device: DeviceId },
  at: Date,
): Promise<string> {
  return `${policy.publicBaseUrl}/v1/alarms/${await capabilityFor(peppers, alarm, at)}`;
}

async function send(services: Delivering, owner: OwnerId, letter: Letter): Promise<Delivery> {
  const { messenger, outbox, clock } = services;
  if (letter.until <= clock()) return { outcome: "expired", ...(letter.tries > 0 && { because: TOO_LATE }) };
  let { paid } = letter;
  try {
    paid ||= await pay(services, letter);
    await messenger.send({ id: uuidOf(`${owner} ${letter.id}`), ...letter.to, ...render(letter) });
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

/** Codes have paid when they were asked for; alarms pay here, once. Fails as `messages-unavailable` if there is nothing left. */
async function pay({ sendBudget, clock }: Delivering, { kind, to }: Letter): Promise<true> {
  if (to.channel === "email" || kind === "code") return true;
  if (await sendBudget.take("alarms", callingCodeOf(to.address), clock())) return true;
  throw new Failure("messages-unavailable", "The country had its share today.");
}

/** To a phone goes the text alone. */
function render({ to, kind, at, code = "", link = "", deviceName = "", eraseAt }: Letter): {
  subject: string;
  text: string;
} {
  const { subject, text } = texts[to.language].letters[kind];
  const facts = { at: readable(at), eraseAt: eraseAt ? readable(eraseAt) : "" };
  return { subject, text: text({ ...facts, deviceName, code, link }) };
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
