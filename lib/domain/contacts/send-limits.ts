/** How many codes one address may get, so that nobody is flooded with them (R24). Pure. */
import * as z from "zod";
import { DAY, HOUR, later, SECOND } from "../clock.ts";
import { Failure } from "../failure.ts";
import { sha256 } from "../hash.ts";
import { loose } from "../loose.ts";

/** `to`: a digest of the address, so that removing and adding a contact doesn't reset the count. */
export const Sent = loose({ to: z.string(), at: z.coerce.date() });
export type Sent = z.infer<typeof Sent>;

const LIMITS = [
  { most: 3, within: HOUR },
  { most: 10, within: DAY },
];
/** Over all addresses of an owner. */
const MOST_A_DAY = 30;

/** The record with one more code to this address. Fails as `too-many-messages`. */
export function withSend<R extends { sent: Sent[] }>(record: R, address: string, now: Date): R {
  const to = sha256(address);
  const lately = record.sent.filter(({ at }) => later(at, DAY) > now);
  const waits = LIMITS.map(({ most, within }) =>
    waitOf(
      lately.filter((sent) => sent.to === to),
      most,
      within,
      now,
    ),
  );
  const wait = Math.max(...waits, waitOf(lately, MOST_A_DAY, DAY, now));
  if (wait > 0) throw tooMany(Math.ceil(wait / SECOND));
  return { ...record, sent: [{ to, at: now }, ...lately] };
}

/** Milliseconds until fewer than `most` are within the time. */
function waitOf(sent: Sent[], most: number, within: number, now: Date): number {
  const times = sent.map(({ at }) => at.getTime()).sort((a, b) => b - a);
  const blocking = times[most - 1];
  return blocking === undefined ? 0 : Math.max(0, blocking + within - now.getTime());
}

export const tooMany = (retryAfterSeconds: number) =>
  new Failure("too-many-messages", "Too many codes were sent in a short time.", { retryAfterSeconds });

/** The purpose of a message to a phone. Each has its own budget, so that a flood of alarms stops no codes. */
type SendPurpose = "codes" | "alarms";

/** Daily messages to the numbers of one country, over all owners: see SMS_DAILY_LIMITS. */
export interface SendBudget {
  /** Counts one more to this calling code (E.164, such as "46"); false if that is too many. */
  take(purpose: SendPurpose, callingCode: string, now: Date): Promise<boolean>;
}
