/** Asking for a code: counted before it is sent, so that parallel requests stay within the limits. */
/** If sending fails, the count and the challenge are undone. */

import {
  CHALLENGE_SECONDS,
  type Challenge,
  withChallenge,
  withoutChallenge,
} from "../challenges/challenge.ts";
import { DAY, later, SECOND } from "../clock.ts";
import { newId } from "../id.ts";
import type { Letter, Outbox } from "../messages/announcement.ts";
import type { OwnerRecord } from "../owner/owner-record.ts";
import { changeRecord, type OwnerStore, type StoredOwner } from "../owner/owner-store.ts";
import type { OwnerId } from "../owner.ts";
import type { Contact } from "./contact.ts";
import { type SendBudget, tooMany, withSend } from "./send-limits.ts";

/** `callingCodeOf`: of an E.164 number, such as "46" for Sweden. */
export type Sending = { outbox: Outbox; sendBudget: SendBudget; callingCodeOf(number: string): string };

/**
 * Queues a code for a contact. Fails as `too-many-messages` if the day's budget for the number's country is
 * used up.
 */
export async function sendCode(
  { outbox, sendBudget, callingCodeOf }: Sending,
  owner: OwnerId,
  contact: Contact,
  code: string,
  now: Date,
): Promise<void> {
  const { channel, address } = contact;
  if (channel === "phone" && !(await sendBudget.take("codes", callingCodeOf(address), now)))
    throw tooMany(secondsToMidnight(now));
  await outbox.put(owner, codeLetter(contact, code, now));
}

/** The budget's day is UTC. */
const secondsToMidnight = (now: Date) => Math.ceil((DAY - (now.getTime() % DAY)) / SECOND);

const codeLetter = ({ channel, address, language }: Contact, code: string, now: Date): Letter => ({
  type: "letter",
  id: newId(),
  to: { channel, address, language },
  kind: "code",
  at: now,
  until: later(now, CHALLENGE_SECONDS * SECOND),
  code,
  tries: 0,
});

/**
 * `find`: returns the contact, and the record that then holds it; fails if no code may be sent. Fails as
 * `too-many-messages`, or as `send` does.
 */
export async function askForCode(
  owners: OwnerStore,
  owner: OwnerId,
  held: StoredOwner | undefined,
  { challengeFor, now }: { challengeFor(contact: Contact): Challenge; now: Date },
  find: (record: OwnerRecord) => { contact: Contact; record: OwnerRecord },
  send: (contact: Contact) => Promise<void>,
): Promise<{ contact: Contact; challenge: Challenge }> {
  const ask = (before: OwnerRecord) => {
    const { contact, record } = find(before);
    const challenge = challengeFor(contact);
    const next = withChallenge(withSend(record, contact.address, now), challenge, now);
    const dropped = before.challenges.filter((each) => !next.challenges.includes(each));
    return { result: { contact, challenge, dropped }, record: next };
  };
  const { result, held: after } = await changeRecord(owners, owner, now, ask, held);
  const { contact, challenge, dropped } = result;
  try {
    await send(contact);
  } catch (error) {
    const takeBack = (latest: OwnerRecord) => ({
      result: undefined,
      record: withoutChallenge(latest, challenge, dropped),
    });
    await changeRecord(owners, owner, now, takeBack, after);
    throw error;
  }
  return { contact, challenge };
}
