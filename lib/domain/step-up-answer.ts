/** The answer to a step-up: compared, used up once, announced, and only then rewarded with a credential. */
import type { BoundAccount } from "./account.ts";
import { alarm, announce, type Outbox } from "./announcement.ts";
import { withBinding } from "./binding.ts";
import { countTry, hashCode, pass, type StepUp, wrongAnswer } from "./challenge.ts";
import { recipientsIn } from "./contact.ts";
import {
  type AccountCredentials,
  type Claim,
  type CredentialStore,
  requireFree,
  type Wanted,
} from "./credential.ts";
import type { Subject } from "./device.ts";
import { loggingFailure } from "./failed-step-up.ts";
import { Failure } from "./failure.ts";
import { endCredential, putCredential } from "./issue.ts";
import type { Caller, OwnerId } from "./owner.ts";
import { changeRecord, type OwnerRecord, type RecordStore, readRecord } from "./owner-record.ts";
import { type Peppers, sameHash } from "./pepper.ts";
import type { Provider } from "./provider.ts";
import { type RecoveryStore, withSent } from "./recovery-record.ts";
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

export type Answer = { kind: "code"; code: string } | { kind: "ticket"; ticket: string };
/** `providers`: the apps whose tickets count. */
type Answering = {
  providers: Provider[];
  caller: Caller;
  id: string;
  answer: Answer;
  wanted: Wanted;
  /** The caller's device. */
  subject: Subject;
  now: Date;
};

/**
 * The try is counted before anything is compared, and passed only by the one request that then takes the challenge away. What
 * would refuse it is looked at before anything is used up or told; until it is passed, it may be repeated.
 * Fails as `challenge-not-found`, `answer-wrong`, `ticket-invalid`, `too-many-tries`,
 * `account-bound-elsewhere` or `device-revoked`.
 */
export async function answerStepUp(stores: Stores, answering: Answering): Promise<StepUp> {
  const { caller, wanted, now } = answering;
  const { owner, device } = caller;
  const trying = { device: answering.subject, now };
  const { challenge, counted } = await loggingFailure(stores.outbox, owner, trying, () =>
    count(stores, answering),
  );
  const { claim, redeem } = await loggingFailure(
    stores.outbox,
    owner,
    { ...trying, recovery: challenge.recovery },
    () => compare(stores, challenge, counted, answering),
  );
  const { account } = challenge;
  const subject = challenge.kind === "code" ? challenge.subject : undefined;
  const proof = { account, device, subject, usesPush: wanted.type === "push" };
  const bind = (record: OwnerRecord) => withBinding(record, proof, now);
  const former = (await stores.credentials.find(account))?.value;
  requireFree(former, { owner, claim }, now);
  bind(counted);
  await redeem();
  const told = { device: answering.subject, recovery: challenge.recovery, record: counted, now };
  const id = `credential-issued ${challenge.id}`;
  await alarm(stores.outbox, owner, { ...told, kind: "credential-issued", id });
  const takenFrom = await tellFormerOwner(stores, former, challenge, owner, now);
  await changeRecord(stores.records, owner, now, (latest) => ({
    result: undefined,
    record: bind(pass(latest, challenge)),
  }));
  await putCredential(stores.credentials, caller, { account, wanted, claim }, now);
  if (takenFrom) await endIfRevoked(stores, account, caller, now);
  await markSent(stores, caller, challenge);
  return challenge;
}

async function count(
  { records }: Stores,
  { caller, id, answer, now }: Answering,
): Promise<{ challenge: StepUp; counted: OwnerRecord }> {
  const answered = { id, device: caller.device, kinds: [answer.kind] };
  const { result: challenge, record: counted } = await changeRecord(records, caller.owner, now, (record) => {
    const counted = countTry(record, answered, now);
    return { result: counted.challenge, record: counted.record };
  });
  if (challenge.kind === "contact") throw new Failure("challenge-not-found", "There is no such challenge.");
  return { challenge, counted };
}

/** Whoever has the account now, and is about to lose it, hears of it first. */
async function tellFormerOwner(
  { records, outbox }: Stores,
  former: AccountCredentials | undefined,
  { id }: StepUp,
  owner: OwnerId,
  now: Date,
): Promise<OwnerId | undefined> {
  if (!former || former.owner === owner) return undefined;
  const recipients = recipientsIn(await readRecord(records, former.owner), now);
  const told = { kind: "account-moved" as const, recipients, now, id: `account-moved ${id}` };
  await announce(outbox, former.owner, told);
  return former.owner;
}

/** A revocation that came while the account was still another owner's has found nothing to end. */
async function endIfRevoked(
  { records, credentials }: Stores,
  account: BoundAccount,
  caller: Caller,
  now: Date,
): Promise<void> {
  const { endedDevices } = await readRecord(records, caller.owner);
  if (!endedDevices.includes(caller.device)) return;
  await endCredential(credentials, account, caller, now);
  throw new Failure("device-revoked", "This device was revoked.");
}

/** What a right answer is good for, and how it is used up. */
type Right = { claim: Claim; redeem(): Promise<void> };

/** Whether the answer is right, and how it is used up. */
const compare = (
  stores: Stores,
  challenge: StepUp,
  record: OwnerRecord,
  { caller, answer, providers, now }: Answering,
): Promise<Right> =>
  answer.kind === "code"
    ? compareCode(stores, challenge, answer.code)
    : compareTicket(stores, challenge, record, caller, { typed: answer.ticket, providers, now });

async function compareCode({ peppers }: Stores, challenge: StepUp, code: string): Promise<Right> {
  const isRight =
    challenge.kind === "code" && sameHash(await hashCode(peppers, challenge.id, code), challenge.codeHash);
  if (isRight) return { claim: "step-up", redeem: async () => undefined };
  throw wrongAnswer(challenge);
}

async function compareTicket(
  { tickets, peppers }: Stores,
  { id, account }: StepUp,
  { endedDevices }: OwnerRecord,
  { owner, device }: Caller,
  { typed, providers, now }: { typed: string; providers: Provider[]; now: Date },
): Promise<Right> {
  const name = await peppers.hash("ticket", typed);
  const held = await tickets.find(name);
  const redeeming = { account, owner, endedDevices, providers, device, challenge: id };
  const { issuedBy } = requireTicket(held?.value, redeeming, now);
  return {
    claim: issuedBy.by === "provider" ? "provider" : "step-up",
    async redeem() {
      await change(tickets, name, held, (stored) => ({
        result: undefined,
        next: { ...requireTicket(stored?.value, redeeming, now), usedBy: device, usedFor: id },
      }));
    },
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
