/** Step-up: proof that an account is the owner's, before this device gets a credential (R20-R24). */
import type { DeviceBoundAccount } from "../account.ts";
import {
  type Challenge,
  hashCode,
  newCode,
  requireNotThrottled,
  withChallenge,
} from "../challenges/challenge.ts";
import { askForCode, type Sending, sendCode } from "../contacts/code-sending.ts";
import { type Contact, requireUsable } from "../contacts/contact.ts";
import { provenAccountFor } from "../credentials/proven-account.ts";
import type { Asking } from "../devices/admission.ts";
import { Failure, invalid } from "../failure.ts";
import { newId } from "../id.ts";
import type { OwnerRecord } from "../owner/owner-record.ts";
import { changeRecord, type OwnerStore } from "../owner/owner-store.ts";
import type { SignIn } from "../owner.ts";
import {
  findRecovery,
  type RecoveryRecord,
  type RecoveryStore,
  requireAccountState,
  requireGoingOn,
  requireOwn,
} from "../recovery/record.ts";
import type { KeyedHash } from "../sealing/keyed-hash.ts";
import { requireAccountSignIn, requireSignInTo } from "../sign-in.ts";
import { loggingFailure } from "./failed-step-up.ts";

type StepUpPorts = { owners: OwnerStore; recoveries: RecoveryStore; keyedHash: KeyedHash };

/** The recovery of the caller's device. Fails as `recovery-not-found` or `recovery-ended`. */
export async function requireOpenRecovery(
  { recoveries }: Pick<StepUpPorts, "recoveries">,
  { caller, held, now }: Asking,
  id: string,
): Promise<RecoveryRecord> {
  const { value } = requireOwn(await findRecovery(recoveries, caller.owner, held, id), caller);
  requireGoingOn(value, now);
  return value;
}

type Start = { recovery: string; account: DeviceBoundAccount };
/**
 * `contact`: where to send the code; without it, the step-up waits for a ticket. `accountSignIn`: to the
 * account itself, verified and fresh, if there was one.
 */
type Starting = Start & { contact: string | undefined; accountSignIn: SignIn | undefined };
type Policy = { accountSignInMaxAgeSeconds: number; contactCoolingOffHours: number };
type Started = { challenge: Challenge; contact: Contact | undefined };

/**
 * A personal account is proven by its own sign-in and then a code (R20) or its provider's ticket (R47), a
 * work account by a ticket (R21).
 */
export async function startStepUp(
  stores: StepUpPorts & Sending,
  asking: Asking,
  { recovery, account, contact, accountSignIn }: Starting,
  policy: Policy,
): Promise<Started> {
  requireProvable(await requireOpenRecovery(stores, asking, recovery), account);
  if (account.kind === "work") {
    if (contact !== undefined)
      throw invalid("/contact", "must be left out: a work account is proven by a ticket");
    return await startByTicket(stores, asking, { recovery, account });
  }
  const signIn = requireAccountSignIn(accountSignIn, policy.accountSignInMaxAgeSeconds);
  return await loggingFailure(stores, asking, recovery, async () => {
    requireSignInTo(account, signIn);
    const { subject } = signIn;
    if (contact === undefined) return await startByTicket(stores, asking, { recovery, account, subject });
    const { contactCoolingOffHours: coolingOffHours } = policy;
    return await startByCode(stores, asking, { recovery, account, subject, contact, coolingOffHours });
  });
}

/**
 * Fails as `account-not-proven`, `contact-not-found`, `contact-unusable`, `too-many-messages` or
 * `too-many-tries`; then it sends nothing.
 */
async function startByCode(
  stores: StepUpPorts & Sending,
  asking: Asking,
  {
    subject,
    contact: contactId,
    coolingOffHours,
    ...start
  }: Start & {
    subject: string;
    contact: string;
    coolingOffHours: number;
  },
): Promise<Started> {
  const { caller, held, now } = asking;
  const { owners, keyedHash } = stores;
  const shared = stepUpChallenge(asking, start);
  const code = newCode();
  const codeHash = await hashCode(keyedHash, shared.id, code);
  const challenge: Challenge = { ...shared, kind: "code", subject, codeHash, contact: contactId };
  const { erased } = held?.state ?? {};
  const find = (record: OwnerRecord) => {
    requireSubject(provenAccountFor(record, start.account)?.subject, subject);
    requireNotThrottled(record, now);
    // An erasure removed all contacts, so it counts as a removal at that time.
    const { contactRemovedAt = erased?.hadContact ? erased.at : undefined } = record;
    const contact = requireUsable({ ...record, contactRemovedAt }, contactId, coolingOffHours, now);
    return { contact, record };
  };
  const asked = { challengeFor: () => challenge, now };
  const send = (contact: Contact) => sendCode(stores, caller.owner, contact, code, now);
  return await askForCode(owners, caller.owner, held, asked, find, send);
}

/**
 * Sends nothing; it only waits for the ticket. `subject`: from the sign-in to a personal account. Fails as
 * `account-not-proven`.
 */
async function startByTicket(
  { owners }: StepUpPorts,
  asking: Asking,
  { subject, ...start }: Start & { subject?: string },
): Promise<Started> {
  const { caller, held, now } = asking;
  const shared = stepUpChallenge(asking, start);
  const challenge: Challenge = { ...shared, kind: "ticket", ...(subject !== undefined && { subject }) };
  const open = (record: OwnerRecord) => {
    if (subject !== undefined) requireSubject(provenAccountFor(record, start.account)?.subject, subject);
    return { result: undefined, record: withChallenge(record, challenge, now) };
  };
  await changeRecord(owners, caller.owner, now, open, held);
  return { challenge, contact: undefined };
}

const stepUpChallenge = ({ caller, now }: Asking, { recovery, account }: Start) => ({
  id: newId(),
  purpose: "step-up" as const,
  device: caller.device,
  createdAt: now,
  attempts: 0,
  recovery,
  account,
});

function requireSubject(bound: string | undefined, subject: string): void {
  if (bound === undefined || bound === subject) return;
  throw new Failure("account-not-proven", "The sign-in is to another account than the one to prove.");
}

/**
 * Fails as `account-not-in-recovery` unless the account awaits proof, has lost its credential, or is kept.
 * `kept` is only the device's own word, and the proof is the same.
 */
const requireProvable = (recovery: RecoveryRecord, account: DeviceBoundAccount): void =>
  requireAccountState(recovery, account, ["step-up", "credential-sent", "kept"]);
