/** Step-up: proof that an account is the owner's, before this device gets a credential for it (R20-R24). */
import type { BoundAccount } from "./account.ts";
import type { Letter } from "./announcement.ts";
import { bindingFor } from "./binding.ts";
import {
  CHALLENGE_SECONDS,
  type Challenge,
  hashCode,
  newCode,
  requirePatience,
  withChallenge,
} from "./challenge.ts";
import { later, SECOND } from "./clock.ts";
import { askForCode } from "./code-sending.ts";
import { type Contact, requireUsable } from "./contact.ts";
import { Failure } from "./failure.ts";
import { newId } from "./id.ts";
import type { Caller, SignIn } from "./owner.ts";
import type { OwnerRecord } from "./owner-record.ts";
import { changeRecord, type OwnerStore, type StoredOwner } from "./owner-store.ts";
import type { Peppers } from "./pepper.ts";
import {
  findRecovery,
  type RecoveryRecord,
  type RecoveryStore,
  requireGoingOn,
  requireOwn,
  requireState,
} from "./recovery-record.ts";

export type Stores = { owners: OwnerStore; recoveries: RecoveryStore; peppers: Peppers };

/** The recovery that the caller's device is in. Fails as `recovery-not-found` or `recovery-ended`. */
export async function goingOn(
  { recoveries }: Pick<Stores, "recoveries">,
  held: StoredOwner | undefined,
  caller: Caller,
  id: string,
  now: Date,
): Promise<RecoveryRecord> {
  const { value } = requireOwn(await findRecovery(recoveries, caller.owner, held, id), caller);
  requireGoingOn(value, now);
  return value;
}

/** `signIn`: the sign-in to the account itself; already verified, fresh, and of its issuer. */
type Start = { caller: Caller; recovery: string; account: BoundAccount; now: Date };
type StartByCode = Start & { signIn: SignIn; contact: string; coolingOffHours: number };

/**
 * The password first (the sign-in), then a code to a contact: R20. Fails as `account-not-proven`, `contact-not-found`,
 * `contact-unusable`, `too-many-messages` or `too-many-tries`; nothing is sent then.
 */
export async function startByCode(
  { owners, peppers }: Stores,
  held: StoredOwner | undefined,
  { caller, recovery, account, signIn, contact: contactId, coolingOffHours, now }: StartByCode,
  send: (contact: Contact, code: string) => Promise<void>,
): Promise<{ challenge: Challenge; contact: Contact }> {
  const [id, code] = [newId(), newCode()];
  const codeHash = await hashCode(peppers, id, code);
  const { subject } = signIn;
  const { erased } = held?.state ?? {};
  const challenge: Challenge = {
    id,
    kind: "code",
    purpose: "step-up",
    device: caller.device,
    createdAt: now,
    attempts: 0,
    recovery,
    account,
    subject,
    codeHash,
  };
  const find = (record: OwnerRecord) => {
    requireSubject(bindingFor(record, account)?.subject, subject);
    requirePatience(record, now);
    // Erased with all contacts, as if the owner's had been removed then.
    const { contactRemovedAt = erased?.hadContact ? erased.at : undefined } = record;
    const contact = requireUsable({ ...record, contactRemovedAt }, contactId, coolingOffHours, now);
    return { contact, record };
  };
  const asked = { challengeFor: () => challenge, now };
  return await askForCode(owners, caller.owner, held, asked, find, (contact) => send(contact, code));
}

/** A work account's proof is a ticket: nothing is sent, it is only awaited. */
export async function startByTicket(
  { owners }: Stores,
  held: StoredOwner | undefined,
  { caller, recovery, account, now }: Start,
): Promise<Challenge> {
  const challenge: Challenge = {
    id: newId(),
    kind: "ticket",
    purpose: "step-up",
    device: caller.device,
    createdAt: now,
    attempts: 0,
    recovery,
    account,
  };
  const open = (record: OwnerRecord) => ({
    result: undefined,
    record: withChallenge(record, challenge, now),
  });
  await changeRecord(owners, caller.owner, now, open, held);
  return challenge;
}

function requireSubject(bound: string | undefined, subject: string): void {
  if (bound === undefined || bound === subject) return;
  throw new Failure("account-not-proven", "The sign-in is not to the account that is to be proven.");
}

export const codeLetter = (to: Contact, code: string, id: string, now: Date): Letter => ({
  type: "letter",
  id,
  to: { channel: to.channel, address: to.address, language: to.language },
  kind: "code",
  at: now,
  until: later(now, CHALLENGE_SECONDS * SECOND),
  code,
  tries: 0,
});

/**
 * Fails as `account-not-in-recovery` unless the account still waits for its proof, lost what it got, or is kept: which ones a
 * device has is only its own word, and the proof is the same.
 */
export const requireProvable = (recovery: RecoveryRecord, account: BoundAccount): void =>
  requireState(recovery, account, ["step-up", "credential-sent", "kept"]);
