/** The record of one recovery: what came back and what still waits for proof, so that an app killed half-way goes on where it was. */
import * as z from "zod";
import { accountKey, type DeviceBoundAccount, nameOf, StoredName } from "../account.ts";
import { DEVICE_SEALED } from "../backup/device-sealed.ts";
import { type Head, Version } from "../backup/head.ts";
import { DAY, HOUR, later } from "../clock.ts";
import { Failure } from "../failure.ts";
import { Id, newId } from "../id.ts";
import { recoveryIn } from "../owner/owner-state.ts";
import type { StoredOwner } from "../owner/owner-store.ts";
import { type Caller, DeviceId, type OwnerId, Platform, sha256 } from "../owner.ts";
import type { Store, Stored } from "../store.ts";
import type { Outcome } from "./plan.ts";

/** `credential-sent`: made for this device and sent once; whoever lost it asks for a fresh one. */
export const ACCOUNT_STATES = ["restored", "kept", "step-up", "credential-sent"] as const;
const State = z.enum(ACCOUNT_STATES);

const accountState = { account: StoredName, state: State };
type AccountState = z.infer<z.ZodObject<typeof accountState>>;

const recovery = {
  device: DeviceId,
  platform: Platform,
  from: Platform,
  version: Version,
  /** Digest of what was asked for. */
  request: z.string(),
  createdAt: z.coerce.date(),
  accounts: z.array(z.looseObject(accountState)),
};
export type RecoveryRecord = Omit<z.infer<z.ZodObject<typeof recovery>>, "accounts"> & {
  accounts: AccountState[];
};
/** Keeps what it doesn't know, as heads do. */
export const RecoveryRecord: z.ZodType<RecoveryRecord> = z.looseObject(recovery);
export type StoredRecovery = Stored<RecoveryRecord>;
/** Named by the owner's state. */
export type RecoveryStore = Store<{ owner: OwnerId; record: string }, RecoveryRecord>;

/** Fails as `recovery-not-found`. */
export async function findRecovery(
  recoveries: RecoveryStore,
  owner: OwnerId,
  held: StoredOwner | undefined,
  id: string,
): Promise<StoredRecovery & { record: string }> {
  const record = recoveryIn(held?.state, id)?.record;
  const stored = record && (await recoveries.find({ owner, record }));
  if (stored) return { ...stored, record };
  throw new Failure("recovery-not-found", "There is no such recovery.");
}

const OPEN_DAYS = 7;
export const endsAt = ({ createdAt }: RecoveryRecord): Date => later(createdAt, OPEN_DAYS * DAY);

/** The same for a request that is repeated with its Idempotency-Key on the same device; else a new one. */
export const recoveryId = ({ device }: Caller, idempotencyKey: string | undefined): string =>
  idempotencyKey === undefined
    ? newId()
    : Id.parse(sha256(`recovery\n${device}\n${idempotencyKey}`).slice(0, 22));

/**
 * The same for a request that is repeated before there is a record, but for the turn of an hour; once there
 * is one, nothing is told again. What has the same key after the record is gone is a new recovery, and must
 * not pass for the former.
 */
export const alarmId = (id: string, now: Date): string =>
  `recovered ${id} ${Math.floor(now.getTime() / HOUR)}`;

const stateOf = ({ outcome, reason }: Outcome) => {
  if (outcome === "keep") return "kept";
  if (outcome === "step-up") return "step-up";
  return reason === "bound" ? "credential-sent" : "restored";
};

export const accountStates = (outcomes: Outcome[]): RecoveryRecord["accounts"] =>
  outcomes.map((outcome) => ({ account: nameOf(outcome.account), state: stateOf(outcome) }));

/** Fails as `recovery-not-found` if it is another device's. */
export function requireOwn(stored: StoredRecovery, caller: Caller): StoredRecovery {
  if (stored.value.device === caller.device) return stored;
  throw new Failure("recovery-not-found", "There is no such recovery.");
}

/** Fails as `recovery-ended` after a week. */
export function requireGoingOn(recovery: RecoveryRecord, now: Date): void {
  if (endsAt(recovery) > now) return;
  throw new Failure("recovery-ended", "The recovery has ended.");
}

/** Fails as `recovery-ended` once newer uploads have displaced its version. */
export function requireInHistory({ version }: RecoveryRecord, { versions }: Head): void {
  if (versions.some(({ id }) => id === version.id)) return;
  throw new Failure("recovery-ended", "What was recovered is no longer in the history.");
}

/**
 * The state of one account; of a backup that the device sealed itself, any account may be in it. Fails as
 * `account-not-in-recovery`.
 */
export function requireAccountState(
  { accounts, version }: RecoveryRecord,
  account: DeviceBoundAccount,
  wanted: readonly (typeof ACCOUNT_STATES)[number][],
): void {
  const found = accounts.find((each) => accountKey(each.account) === accountKey(account))?.state;
  const state = found ?? (version.contentType === DEVICE_SEALED ? "step-up" : undefined);
  if (state && wanted.includes(state)) return;
  throw new Failure("account-not-in-recovery", "The recovery has no such account in that state.");
}

/** In its place; an account that the service didn't know of comes last. */
export function withSent(recovery: RecoveryRecord, account: DeviceBoundAccount): RecoveryRecord {
  const state = "credential-sent" as const;
  const at = recovery.accounts.findIndex((each) => accountKey(each.account) === accountKey(account));
  const former = recovery.accounts[at];
  const accounts = former
    ? recovery.accounts.with(at, { ...former, state })
    : [...recovery.accounts, { account, state }];
  return { ...recovery, accounts };
}

/**
 * Fails as `idempotency-key-reused`: what the device says of its accounts has another outcome now.
 * Fingerprints aren't stored, nor any digest of them, so that only what they lead to can be compared. What
 * was proven since may have been kept or not.
 */
export function requireSameOutcomes({ accounts }: RecoveryRecord, outcomes: Outcome[]): void {
  const isSame = outcomes.every(({ outcome }, index) => {
    const state = accounts[index]?.state;
    return state === "credential-sent" || (state === "kept") === (outcome === "keep");
  });
  if (!isSame) throw reusedKey();
}

export const reusedKey = () =>
  new Failure("idempotency-key-reused", "This Idempotency-Key came with another request before.");
