/** Asking for a code: counted before it is sent, so that many at once are no more than are allowed, and taken back if it can't be. */
import { type Challenge, withChallenge, withoutChallenge } from "./challenge.ts";
import type { Contact } from "./contact.ts";
import type { OwnerId } from "./owner.ts";
import type { OwnerRecord } from "./owner-record.ts";
import { changeRecord, type OwnerStore, type StoredOwner } from "./owner-store.ts";
import { withSend } from "./send-limits.ts";

/** Puts a code on its way. */
export type SendCode = (contact: Contact) => Promise<void>;

/**
 * `find`: the contact, and the record that it is in by then; fails where no code may be asked for. Fails as `too-many-messages`,
 * or as `send` does.
 */
export async function askForCode(
  owners: OwnerStore,
  owner: OwnerId,
  held: StoredOwner | undefined,
  { challengeFor, now }: { challengeFor(contact: Contact): Challenge; now: Date },
  find: (record: OwnerRecord) => { contact: Contact; record: OwnerRecord },
  send: SendCode,
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
