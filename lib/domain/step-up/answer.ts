/** Answers a step-up: compares, consumes the ticket, notifies, and only then issues the credential. */
import { accountKey, type DeviceBoundAccount } from "../account.ts";
import { countTry, hashCode, pass, type StepUp, wrongAnswer } from "../challenges/challenge.ts";
import { recipientsIn } from "../contacts/contact.ts";
import {
  type AccountCredentials,
  type Claim,
  type CredentialRequest,
  type CredentialStore,
  type PushKey,
  requireFree,
} from "../credentials/credential.ts";
import { endCredential, putCredential } from "../credentials/issue.ts";
import { newSecret, otpauthUri } from "../credentials/one-time-code.ts";
import { withProvenAccount } from "../credentials/proven-account.ts";
import { hashFormerOwner } from "../credentials/reservation.ts";
import { type Asking, callerDevice } from "../devices/admission.ts";
import { withContactCode } from "../devices/young.ts";
import { Failure } from "../failure.ts";
import { alarm, announce, type Outbox } from "../messages/announcement.ts";
import type { OwnerRecord } from "../owner/owner-record.ts";
import { type OwnerState, recoveryIn } from "../owner/owner-state.ts";
import { changeRecord, type OwnerStore, readRecord, type StoredOwner } from "../owner/owner-store.ts";
import type { Caller, DeviceId, OwnerId } from "../owner.ts";
import { type RecoveryStore, withSent } from "../recovery/record.ts";
import { type KeyedHash, sameHash } from "../sealing/keyed-hash.ts";
import { change, type Stored } from "../store.ts";
import { loggingFailure } from "./failed-step-up.ts";
import type { Provider } from "./provider.ts";
import { type Redeeming, requireTicket, type Ticket, type TicketStore } from "./ticket.ts";

type AnswerPorts = {
  owners: OwnerStore;
  recoveries: RecoveryStore;
  credentials: CredentialStore;
  tickets: TicketStore;
  outbox: Outbox;
  keyedHash: KeyedHash;
};

export type Answer = { kind: "code"; code: string } | { kind: "ticket"; ticket: string };
/** `providers`: the apps whose tickets count. `coolingOffHours`: see `withContactCode`. */
type Answering = {
  id: string;
  answer: Answer;
  credential: { type: "code" } | { type: "push"; publicKey: PushKey };
  providers: Provider[];
  coolingOffHours: number;
};

/** `uri`: an otpauth URI with the secret. */
type Issued = { type: "code"; uri: string } | { type: "push" };

/**
 * Counts the try before any comparison; only the one request that then takes the challenge away passes. Check
 * every later refusal first; only then consume the ticket, notify and issue. May be repeated until it passes.
 * Fails as `challenge-not-found`, `answer-wrong`, `ticket-invalid`, `too-many-tries`,
 * `account-bound-elsewhere` or `device-revoked`.
 */
export async function answerStepUp(
  stores: AnswerPorts,
  asking: Asking,
  answering: Answering,
): Promise<Issued> {
  const { caller, now } = asking;
  const { owner, device } = caller;
  const { challenge, counted, ...count } = await loggingFailure(stores, asking, undefined, () =>
    countAnswer(stores, asking, answering),
  );
  const { claim, ticket } = await loggingFailure(stores, asking, challenge.recovery, () =>
    compare(stores, asking, challenge, counted, answering),
  );
  const wanted: CredentialRequest =
    answering.credential.type === "code" ? { type: "code", secret: newSecret() } : answering.credential;
  const { account, subject } = challenge;
  const proof = { account, device, subject, usesPush: wanted.type === "push" };
  const bind = (record: OwnerRecord) => withProvenAccount(record, proof, now);
  const former = (await stores.credentials.find(account))?.value;
  const formerly = await hashIfReserved(stores, former, account, owner);
  requireFree(former, { owner, claim, formerly }, now);
  bind(counted);
  if (ticket) await redeem(stores, ticket, now);
  const told = { device: callerDevice(asking), recovery: challenge.recovery, record: counted, now };
  const id = `credential-issued ${challenge.id}`;
  await alarm(stores.outbox, owner, { ...told, kind: "credential-issued", id });
  const takenFrom = await tellFormerOwner(stores, former, challenge, owner, now);
  const cooling = { coolingOffHours: answering.coolingOffHours, now };
  const passed = (latest: OwnerRecord, state: OwnerState) => ({
    result: undefined,
    record: bind(pass(latest, challenge)),
    state: withContactCode(state, device, contactOf(challenge, latest), { record: latest, ...cooling }),
  });
  const { held: after } = await changeRecord(stores.owners, owner, now, passed, count.held);
  await putCredential(stores.credentials, caller, after, { account, wanted, claim, formerly }, now);
  if (takenFrom) await endIfRevoked(stores, account, caller, now);
  await markSent(stores, caller, after, challenge);
  return wanted.type === "code"
    ? { type: "code", uri: otpauthUri(account, wanted.secret) }
    : { type: "push" };
}

/** Where the code was sent, if it is there still. */
const contactOf = (challenge: StepUp, { contacts }: OwnerRecord) =>
  challenge.kind === "code" ? contacts.find(({ id }) => id === challenge.contact) : undefined;

async function countAnswer(
  { owners }: AnswerPorts,
  { caller, held: before, now }: Asking,
  { id, answer }: Answering,
): Promise<{ challenge: StepUp; counted: OwnerRecord; held: StoredOwner | undefined }> {
  const answered = { id, device: caller.device, kinds: [answer.kind] };
  const count = (record: OwnerRecord) => {
    const counted = countTry(record, answered, now);
    return { result: counted.challenge, record: counted.record };
  };
  const changed = await changeRecord(owners, caller.owner, now, count, before);
  const { result: challenge, record: counted, held } = changed;
  if (challenge.kind === "contact") throw new Failure("challenge-not-found", "There is no such challenge.");
  return { challenge, counted, held };
}

/** Undefined unless the account is reserved for an erased owner. */
async function hashIfReserved(
  { keyedHash }: AnswerPorts,
  former: AccountCredentials | undefined,
  account: DeviceBoundAccount,
  owner: OwnerId,
): Promise<string | undefined> {
  if (former?.formerOwner === undefined) return undefined;
  return await hashFormerOwner(keyedHash, await keyedHash.hash("account", accountKey(account)), owner);
}

/** Notifies the account's present owner, who is about to lose it; nobody, if that owner was erased. */
async function tellFormerOwner(
  { owners, outbox }: AnswerPorts,
  former: AccountCredentials | undefined,
  { id }: StepUp,
  owner: OwnerId,
  now: Date,
): Promise<OwnerId | undefined> {
  if (!former || former.owner === owner) return undefined;
  if (former.formerOwner !== undefined) return former.owner;
  const recipients = recipientsIn(await readRecord(owners, former.owner), now);
  const told = { kind: "account-moved" as const, recipients, now, id: `account-moved ${id}` };
  await announce(outbox, former.owner, told);
  return former.owner;
}

/** A revocation that came while the account was still another owner's found nothing to end. */
async function endIfRevoked(
  { owners, credentials }: AnswerPorts,
  account: DeviceBoundAccount,
  caller: Caller,
  now: Date,
): Promise<void> {
  const { endedDevices } = await readRecord(owners, caller.owner);
  if (!endedDevices.includes(caller.device)) return;
  await endCredential(credentials, account, caller, now);
  throw new Failure("device-revoked", "This device was revoked.");
}

/** A valid ticket, not yet consumed. */
type RightTicket = {
  name: string;
  held: Stored<Ticket> | undefined;
  redeeming: Redeeming;
};
/** What a right answer proves. */
type Right = { claim: Claim; ticket?: RightTicket };

/** Fails as `answer-wrong` or `ticket-invalid`. */
const compare = (
  stores: AnswerPorts,
  { caller, now }: Asking,
  challenge: StepUp,
  record: OwnerRecord,
  { answer, providers }: Answering,
): Promise<Right> =>
  answer.kind === "code"
    ? compareCode(stores, challenge, answer.code)
    : compareTicket(stores, challenge, record, caller, { typed: answer.ticket, providers, now });

async function compareCode({ keyedHash }: AnswerPorts, challenge: StepUp, code: string): Promise<Right> {
  const isRight =
    challenge.kind === "code" && sameHash(await hashCode(keyedHash, challenge.id, code), challenge.codeHash);
  if (isRight) return { claim: "step-up" };
  throw wrongAnswer(challenge);
}

async function compareTicket(
  { tickets, keyedHash, credentials }: AnswerPorts,
  { id, account, subject }: StepUp,
  { endedDevices }: OwnerRecord,
  { owner, device }: Caller,
  { typed, providers, now }: { typed: string; providers: Provider[]; now: Date },
): Promise<Right> {
  const name = await keyedHash.hash("ticket", typed);
  const held = await tickets.find(name);
  const isDevices = held?.value.issuedBy.by === "device";
  const byProvider = isDevices ? await endedByProvider(credentials, account) : [];
  const ended = [...endedDevices, ...byProvider];
  const redeeming = { account, subject, owner, endedDevices: ended, providers, device, challenge: id };
  const { issuedBy } = requireTicket(held?.value, redeeming, now);
  const claim = issuedBy.by === "provider" ? "provider" : "step-up";
  return { claim, ticket: { name, held, redeeming } };
}

/** Devices whose tickets no longer count, because the account's provider ended their credentials. */
const endedByProvider = async (
  credentials: CredentialStore,
  account: DeviceBoundAccount,
): Promise<DeviceId[]> => (await credentials.find(account))?.value.endedByProvider?.devices ?? [];

/** Consumes the ticket, once: fails as `ticket-invalid` if another request was faster. */
async function redeem(
  { tickets }: AnswerPorts,
  { name, held, redeeming }: RightTicket,
  now: Date,
): Promise<void> {
  const { device, challenge } = redeeming;
  await change(tickets, name, held, (stored) => ({
    result: undefined,
    next: { ...requireTicket(stored?.value, redeeming, now), usedBy: device, usedFor: challenge },
  }));
}

async function markSent(
  { recoveries }: AnswerPorts,
  { owner }: Caller,
  held: StoredOwner | undefined,
  { recovery: id, account }: Pick<StepUp, "recovery" | "account">,
): Promise<void> {
  const record = recoveryIn(held?.state, id)?.record;
  if (record === undefined) return;
  const key = { owner, record };
  await change(recoveries, key, await recoveries.find(key), (stored) =>
    stored
      ? { result: undefined, next: withSent(stored.value, account) }
      : { result: undefined, unchanged: stored },
  );
}
