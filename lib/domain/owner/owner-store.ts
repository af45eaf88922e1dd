/** The store of owners, each replaced as a whole by ETag: reading, and changing under concurrency. */

import type { Head, StoredHead } from "../backup/head.ts";
import type { Device } from "../device.ts";
import { Failure } from "../failure.ts";
import { newId } from "../id.ts";
import type { BackupKey, OwnerId } from "../owner.ts";
import type { Change } from "../store.ts";
import { newRecord, type OwnerRecord, withoutExpired } from "./owner-record.ts";
import { devicesOf, headIn, headsOf, newState, type OwnerState, withHead } from "./owner-state.ts";

export interface StoredOwner {
  readonly etag: string;
  /**
   * From this instance's memory: another one may have replaced it since, so use it only for a change that is
   * then stored in its place.
   */
  readonly isAtHand: boolean;
  readonly state: OwnerState;
  /** Changes with each erasure: a decision made in one incarnation must not be sealed for the next. */
  readonly incarnation: string;
  /**
   * Opened on first use, because it needs a key that uploads do without. Fails as `backup-unreadable` or
   * `vault-unavailable`.
   */
  record(): Promise<OwnerRecord>;
  /** The sealed content of a version in the state. Fails as `backup-unreadable`. */
  body(version: string): Promise<Buffer>;
}

/**
 * `record`: if left out, the stored one stays, unopened. `body`: the sealed content of a new version in the
 * state. `incarnation`: the owner's when any of this was sealed; it is valid for no other.
 */
export type NextOwner = {
  state: OwnerState;
  record?: OwnerRecord;
  body?: { id: string; sealed: Buffer };
  incarnation?: string;
};

export interface OwnerStore {
  /**
   * `whole`: reads everything at once, for a change or a body; otherwise the rest is read on demand. Fails as
   * `backup-unreadable` if the stored bytes were changed.
   */
  find(owner: OwnerId, how?: { whole: boolean }): Promise<StoredOwner | undefined>;
  /** The owner as this instance stored it moments ago, if it did; otherwise like `find`. */
  findAtHand(owner: OwnerId): Promise<StoredOwner | undefined>;
  /**
   * Returns what is stored then; undefined, without writing, if `replaces` is no longer the stored one. Fails
   * as `busy` if the owner has another incarnation by now.
   */
  put(owner: OwnerId, next: NextOwner, replaces: StoredOwner | undefined): Promise<StoredOwner | undefined>;
  /** Starts loading the owner's keys, so that they are there once the vault has opened the backup. */
  prepare(owner: OwnerId): void;
  /**
   * Runs changes of one owner on this instance one after the other, so that they don't force each other to
   * decide again. `hasWaited`: another change ran before.
   */
  inTurn<R>(owner: OwnerId, work: (hasWaited: boolean) => Promise<R>): Promise<R>;
  /** Waits a random while after so many rounds lost to other instances. */
  pause(rounds: number): Promise<void>;
  /**
   * Replaces the owner's key, so that nothing sealed under it ever opens again, and everything stored by this
   * state. Does nothing if `replaces` is no longer the stored one; undefined stands for one that can't be
   * opened.
   */
  shred(owner: OwnerId, state: OwnerState, replaces: StoredOwner | undefined): Promise<void>;
  /** Removes the owner for good, with the key, unless somebody changes the owner meanwhile. */
  remove(owner: OwnerId, held: StoredOwner): Promise<void>;
  /** Remembers when to erase an owner that can't be opened; returns the first time that was given. */
  eraseDamagedAt(owner: OwnerId, at: Date): Promise<Date>;
}

/** On both platforms, including revoked ones. */
export const devicesIn = (held: StoredOwner | undefined): Device[] => devicesOf(headsOf(held?.state));

export const recordIn = async (held: StoredOwner | undefined): Promise<OwnerRecord> =>
  (await held?.record()) ?? newRecord();

export const readRecord = async (owners: OwnerStore, owner: OwnerId): Promise<OwnerRecord> =>
  recordIn(await owners.find(owner));

/** The outcome of a decision; without `next` nothing changes. */
export type Decided<R> = { result: R; next?: NextOwner };

const MAX_ROUNDS = 30;
const LONGEST_MS = 3000;
const REMEMBERED = 8;

/**
 * Decides on the owner as held and stores the outcome; if another request came first, decides again on its
 * outcome. Atomic by the store's condition: no change is lost, and none is made twice after a lost answer.
 * Fails as `busy` after thirty rounds or three seconds, or while the owner is being erased.
 */
export function changeOwner<R>(
  owners: OwnerStore,
  owner: OwnerId,
  held: StoredOwner | undefined,
  decide: (held: StoredOwner | undefined) => Decided<R> | Promise<Decided<R>>,
): Promise<{ result: R; held: StoredOwner | undefined }> {
  return owners.inTurn(owner, async (hasWaited) => {
    const until = performance.now() + LONGEST_MS;
    let latest = hasWaited ? await owners.find(owner) : held;
    for (let round = 1; round <= MAX_ROUNDS && performance.now() < until; round++) {
      if (latest?.state.erasure?.begunAt) throw busy("This owner's data is being erased.");
      const { result, next } = await decide(latest);
      if (!next && latest?.isAtHand) {
        latest = await owners.find(owner);
        continue;
      }
      if (!next) return { result, held: latest };
      const id = newId();
      const stored = await owners.put(owner, withChangeId(next, id), latest);
      if (stored) return { result, held: stored };
      if (round > 1) await owners.pause(round);
      latest = await owners.find(owner);
      if (latest?.state.changes.includes(id)) return { result, held: latest };
    }
    throw busy("Other requests change the same state at the same time.");
  });
}

const busy = (detail: string) => new Failure("busy", detail, { retryAfterSeconds: 1 });

const withChangeId = ({ state, ...rest }: NextOwner, id: string): NextOwner => ({
  ...rest,
  state: { ...state, changes: [id, ...state.changes].slice(0, REMEMBERED) },
});

/** `changeOwner` for a decision about one backup. */
export async function changeHead<R>(
  owners: OwnerStore,
  { owner, platform }: BackupKey,
  held: StoredOwner | undefined,
  decide: (stored: StoredHead | undefined) => HeadChange<R>,
): Promise<{ result: R; stored: StoredHead | undefined; held: StoredOwner | undefined }> {
  const { result, held: after } = await changeOwner(owners, owner, held, (latest) => {
    const decided = decide(headIn(latest?.state, platform));
    if ("unchanged" in decided) return { result: decided.result };
    const state = withHead(latest?.state ?? newState(), platform, decided.next);
    return { result: decided.result, next: { state } };
  });
  return { result, stored: headIn(after?.state, platform), held: after };
}

type HeadChange<R> = Change<Head, R, StoredHead | undefined>;

/** `state`: left out, it stays as it is. */
type NextRecord<R> = { result: R; record: OwnerRecord; state?: OwnerState };

/**
 * `changeOwner` for a decision about the record; starts a new one if there is none. Drops what has expired.
 */
export async function changeRecord<R>(
  owners: OwnerStore,
  owner: OwnerId,
  now: Date,
  decide: (record: OwnerRecord, state: OwnerState) => NextRecord<R>,
  held: StoredOwner | undefined,
): Promise<{ result: R; record: OwnerRecord; held: StoredOwner | undefined }> {
  const { result, held: after } = await changeOwner(owners, owner, held, async (latest) => {
    const before = await recordIn(latest);
    const former = latest?.state ?? newState();
    const { result: decided, record, state = former } = decide(before, former);
    if (record === before && state === former) return { result: { decided, record } };
    const next = withoutExpired(record, now);
    return { result: { decided, record: next }, next: { state, record: next } };
  });
  return { result: result.decided, record: result.record, held: after };
}
