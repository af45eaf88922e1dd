/** A recovery's record: what came back and what awaits proof, so that a restarted app can go on. */
import * as z from "zod";
import { accountKey, type DeviceBoundAccount, nameOf, StoredName } from "../account.ts";
import { DEVICE_SEALED } from "../backup/device-sealed.ts";
import { type Head, Version } from "../backup/head.ts";
import { DAY, HOUR, later } from "../clock.ts";
import { Failure } from "../failure.ts";
import { sha256 } from "../hash.ts";
import { Id, newId } from "../id.ts";
import { recoveryIn } from "../owner/owner-state.ts";
import type { StoredOwner } from "../owner/owner-store.ts";
import { type Caller, DeviceId, type OwnerId, Platform } from "../owner.ts";
import type { Store, Stored } from "../store.ts";
import type { Outcome } from "./plan.ts";

/** `credential-sent`: made for this device and sent once; if it got lost, the app asks for a fresh one. */
export const ACCOUNT_STATES = ["restored", "kept", "step-up", "credential-sent"] as const;
const State = z.enum(ACCOUNT_STATES);

const accountState = { account: StoredName, state: State };
type AccountState = z.infer<z.ZodObject<typeof accountState>>;

const recovery = {
  device: DeviceId,
  platform: Platform,
  from: Platform,
  version: Version,
  /** A digest of the request. */
  request: z.string(),
  createdAt: z.coerce.date(),
  accounts: z.array(z.looseObject(accountState)),
};
export type RecoveryRecord = Omit<z.infer<z.ZodObject<typeof recovery>>, "accounts"> & {
  accounts: AccountState[];
};
/** Keeps unknown members, as heads do. */
export const RecoveryRecord: z.ZodType<RecoveryRecord> = z.looseObject(recovery);
export type StoredRecovery = Stored<RecoveryRecord>;
/** The owner's state names each record. */
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
/** When a recovery was made that the owner's state names. */
export const begunAt = ({ endsAt: end }: { endsAt: Date }): Date => later(end, -OPEN_DAYS * DAY);

/** The same for a repeat with its Idempotency-Key on the same device; otherwise a new one. */
export const recoveryId = ({ device }: Caller, idempotencyKey: string | undefined): string =>
  idempotencyKey === undefined
    ? newId()
    : Id.parse(sha256(`recovery\n${device}\n${idempotencyKey}`).slice(0, 22));

/**
 * Repeats before there is a record share this id within the hour; once there is one, repeats announce
 * nothing. A key that is used again after its record is gone starts a new recovery, which needs its own
 * alarm.
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
  throw new Failure("recovery-ended", "The recovered version is no longer in the history.");
}

/**
 * Requires the account to be in one of these states; a backup that the device sealed itself may hold any
 * account. Fails as `account-not-in-recovery`.
 */
export function requireAccountState(
  { accounts, version }: RecoveryRecord,
  account: DeviceBoundAccount,
  wanted: readonly (typeof ACCOUNT_STATES)[number][],
): void {
  const found = accounts.find((each) => accountKey(each.account) === accountKey(account))?.state;
  const state = found ?? (version.contentType === DEVICE_SEALED ? "step-up" : undefined);
  if (state && wanted.includes(state)) return;
  throw new Failure(
    "account-not-in-recovery",
    "The recovery has no such account, or its state doesn't allow this.",
  );
}

/** Keeps the account's position; appends an account that the service didn't know of. */
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
 * Fails as `idempotency-key-reused` if the device's accounts now lead to another outcome. Neither
 * fingerprints nor digests of them are stored, so only outcomes can be compared. A credential sent since may
 * have been `keep` or not.
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
