/** Step-up: proof that an account is the owner's, before this device gets a credential for it (R20-R24). */
import type { BoundAccount } from "./account.ts";
import { announce, type Letter, type Outbox } from "./announcement.ts";
import { bindingFor, withBinding } from "./binding.ts";
import {
  CHALLENGE_SECONDS,
  type Challenge,
  countTry,
  hashCode,
  newCode,
  pass,
  requirePatience,
  type StepUp,
  withChallenge,
  wrongAnswer,
} from "./challenge.ts";
import { later, SECOND } from "./clock.ts";
import { type Contact, recipientsIn, requireUsable } from "./contact.ts";
import type { CredentialStore, Wanted } from "./credential.ts";
import { Failure } from "./failure.ts";
import { newId } from "./id.ts";
import { putCredential } from "./issue.ts";
import type { Caller, SignIn } from "./owner.ts";
import { changeRecord, type OwnerRecord, type RecordStore, readRecord } from "./owner-record.ts";
import { type Peppers, sameHash } from "./pepper.ts";
import {
  type RecoveryRecord,
  type RecoveryStore,
  requireGoingOn,
  requireRecovery,
  requireState,
  withSent,
} from "./recovery-record.ts";
import { withSend } from "./send-limits.ts";
import { change } from "./store.ts";
import { requireTicket, type TicketStore } from "./ticket.ts";

export type Stores = {
  records: RecordStore;
  recoveries: RecoveryStore;
  credentials: CredentialStore;
  tickets: TicketStore;
  outbox: Outbox;
  peppers: Peppers;
};

/** The recovery that the caller's device is in. Fails as `recovery-not-found` or `recovery-ended`. */
export async function goingOn(
  { recoveries }: Pick<Stores, "recoveries">,
  caller: Caller,
  id: string,
  now: Date,
): Promise<RecoveryRecord> {
  const { value } = requireRecovery(await recoveries.find({ owner: caller.owner, id }), caller);
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
  { records, peppers }: Stores,
  { caller, recovery, account, signIn, contact: contactId, coolingOffHours, now }: StartByCode,
): Promise<{ challenge: Challenge; contact: Contact; code: string }> {
  const [id, code] = [newId(), newCode()];
  const codeHash = await hashCode(peppers, id, code);
  const { subject } = signIn;
  const challenge: Challenge = {
    ...{ id, kind: "code", purpose: "step-up", device: caller.device, createdAt: now, attempts: 0 },
    ...{ recovery, account, subject, codeHash },
  };
  const { result: contact } = await changeRecord(records, caller.owner, (record) => {
    requireSubject(bindingFor(record, account)?.subject, subject);
    requirePatience(record, now);
    const usable = requireUsable(record, contactId, coolingOffHours, now);
    return { result: usable, record: withChallenge(withSend(record, usable.address, now), challenge, now) };
  });
  return { challenge, contact, code };
}

/** A work account's proof is a ticket: nothing is sent, it is only awaited. */
export async function startByTicket(
  { records }: Stores,
  { caller, recovery, account, now }: Start,
): Promise<Challenge> {
  const challenge: Challenge = {
    ...{
      id: newId(),
      kind: "ticket",
      purpose: "step-up",
      device: caller.device,
      createdAt: now,
      attempts: 0,
    },
    ...{ recovery, account },
  };
  await changeRecord(records, caller.owner, (record) => ({
    result: undefined,
    record: withChallenge(record, challenge, now),
  }));
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

export type Answer = { kind: "code"; code: string } | { kind: "ticket"; ticket: string };
type Answering = {
  caller: Caller;
  id: string;
  answer: Answer;
  wanted: Wanted;
  deviceName: string;
  now: Date;
};

/**
 * The try is counted before anything is compared, and passed only by the one request that then takes the challenge away.
 * Fails as `challenge-not-found`, `answer-wrong`, `ticket-invalid`, `too-many-tries`,
 * `account-bound-elsewhere` or `device-revoked`.
 */
export async function answerStepUp(stores: Stores, answering: Answering): Promise<StepUp> {
  const { caller, id, answer, wanted, now } = answering;
  const { owner, device } = caller;
  const { result: challenge, record: counted } = await changeRecord(stores.records, owner, (record) => {
    const counted = countTry(record, { id, device, kinds: [answer.kind] }, now);
    return { result: counted.challenge, record: counted.record };
  });
  if (challenge.kind === "contact") throw new Failure("challenge-not-found", "There is no such challenge.");
  const redeem = await compare(stores, challenge, counted, answering);
  const { account } = challenge;
  const subject = challenge.kind === "code" ? challenge.subject : undefined;
  const { record } = await changeRecord(stores.records, owner, (latest) => ({
    result: undefined,
    record: withBinding(pass(latest, challenge), { account, device, subject }, now),
  }));
  const { takesOver } = await redeem();
  const { takenFrom } = await putCredential(stores.credentials, caller, { account, wanted, takesOver }, now);
  await markSent(stores, caller, challenge);
  const told = { device: { id: device, name: answering.deviceName }, recovery: challenge.recovery, now };
  const recipients = recipientsIn(record);
  await announce(stores.outbox, owner, { ...told, kind: "credential-issued", recipients });
  if (takenFrom) {
    const theirs = recipientsIn(await readRecord(stores.records, takenFrom));
    await announce(stores.outbox, takenFrom, { kind: "account-moved", recipients: theirs, now });
  }
  return challenge;
}

type Redeem = () => Promise<{ takesOver: boolean }>;

/** Whether the answer is right, and how it is used up. A wrong one is logged. */
async function compare(
  stores: Stores,
  challenge: StepUp,
  record: OwnerRecord,
  answering: Answering,
): Promise<Redeem> {
  const { caller, answer, deviceName, now } = answering;
  try {
    if (answer.kind === "code") return await compareCode(stores, challenge, answer.code);
    return await compareTicket(stores, challenge, record, caller, { typed: answer.ticket, now });
  } catch (error) {
    const told = {
      device: { id: caller.device, name: deviceName },
      recovery: challenge.recovery,
      recipients: [],
      now,
    };
    await announce(stores.outbox, caller.owner, { ...told, kind: "step-up-failed" });
    throw error;
  }
}

async function compareCode({ peppers }: Stores, challenge: StepUp, code: string): Promise<Redeem> {
  const isRight =
    challenge.kind === "code" && sameHash(await hashCode(peppers, challenge.id, code), challenge.codeHash);
  if (isRight) return async () => ({ takesOver: false });
  throw wrongAnswer(challenge);
}

async function compareTicket(
  { tickets, peppers }: Stores,
  { account }: StepUp,
  { endedDevices }: OwnerRecord,
  { owner, device }: Caller,
  { typed, now }: { typed: string; now: Date },
): Promise<Redeem> {
  const name = await peppers.hash("ticket", typed);
  const held = await tickets.find(name);
  const wanted = { account, owner, endedDevices };
  requireTicket(held?.value, wanted, now);
  return async () => {
    const { result } = await change(tickets, name, held, (stored) => {
      const ticket = requireTicket(stored?.value, wanted, now);
      return {
        result: { takesOver: ticket.issuedBy.by === "provider" },
        next: { ...ticket, usedBy: device },
      };
    });
    return result;
  };
}

async function markSent(
  { recoveries }: Stores,
  { owner }: Caller,
  { recovery: id, account }: Pick<StepUp, "recovery" | "account">,
): Promise<void> {
  const held = await recoveries.find({ owner, id });
  await change(recoveries, { owner, id }, held, (stored) =>
    stored
      ? { result: undefined, next: withSent(stored.value, account) }
      : { result: undefined, unchanged: stored },
  );
}

/** Fails as `account-not-in-recovery` unless the account still waits for its proof, or lost what it got. */
export const requireProvable = (recovery: RecoveryRecord, account: BoundAccount): void =>
  requireState(recovery, account, ["step-up", "credential-sent"]);
