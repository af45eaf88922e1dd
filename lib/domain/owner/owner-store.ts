/** Where owners are kept: each whole, replaced whole by its ETag. How one is read, and changed while others change it too. */

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
   * Another instance may have replaced it since: nothing may come of it but a change that is stored in its
   * place.
   */
  readonly isAtHand: boolean;
  readonly state: OwnerState;
  /** Another one after each erasure: what is decided in this one may not be sealed for the next. */
  readonly incarnation: string;
  /**
   * Opened on first use, as that needs a key that uploads do without. Fails as `backup-unreadable` or
   * `vault-unavailable`.
   */
  record(): Promise<OwnerRecord>;
  /** The sealed content of a version that the state names. Fails as `backup-unreadable`. */
  body(version: string): Promise<Buffer>;
}

/**
 * `record`: left out, it stays as it is, unopened. `body`: the sealed content of the version that is new in
 * it. `incarnation`: that of the owner when something of this was sealed; it is good for no other.
 */
export type NextOwner = {
  state: OwnerState;
  record?: OwnerRecord;
  body?: { id: string; sealed: Buffer };
  incarnation?: string;
};

export interface OwnerStore {
  /**
   * `whole`: for a change, or a body; else that is read when it is asked for. Fails as `backup-unreadable` if
   * it isn't what was stored.
   */
  find(owner: OwnerId, how?: { whole: boolean }): Promise<StoredOwner | undefined>;
  /** The owner as this instance has put it moments ago, if it has; else as `find`. */
  findAtHand(owner: OwnerId): Promise<StoredOwner | undefined>;
  /**
   * What is stored then, or undefined if `replaces` is no longer the stored one: then nothing is written.
   * Fails as `busy` if the owner is in another incarnation by now.
   */
  put(owner: OwnerId, next: NextOwner, replaces: StoredOwner | undefined): Promise<StoredOwner | undefined>;
  /**
   * Whoever is about to seal something of this owner's has the keys by the time that the vault has opened the
   * backup.
   */
  prepare(owner: OwnerId): void;
  /**
   * Those who change one owner on this instance do it one after the other, so that they don't make each other
   * decide anew. `hasWaited`: somebody else did it meanwhile.
   */
  inTurn<R>(owner: OwnerId, work: (hasWaited: boolean) => Promise<R>): Promise<R>;
  /** For whoever has lost this many rounds to other instances: a while, and never the same as others. */
  pause(rounds: number): Promise<void>;
  /**
   * Another key in the place of the owner's, so that nothing that was ever sealed under that opens again, and
   * this state in the place of all. Nothing happens if `replaces` isn't the stored one any more; undefined
   * stands for one that can't be opened.
   */
  shred(owner: OwnerId, state: OwnerState, replaces: StoredOwner | undefined): Promise<void>;
  /** Gone for good, key and all, unless somebody changes it meanwhile. */
  remove(owner: OwnerId, held: StoredOwner): Promise<void>;
  /** Remembers when one that can't be opened is to be erased; the first time that was said. */
  eraseDamagedAt(owner: OwnerId, at: Date): Promise<Date>;
}

/** On both platforms, revoked ones too. */
export const devicesIn = (held: StoredOwner | undefined): Device[] => devicesOf(headsOf(held?.state));

export const recordIn = async (held: StoredOwner | undefined): Promise<OwnerRecord> =>
  (await held?.record()) ?? newRecord();

export const readRecord = async (owners: OwnerStore, owner: OwnerId): Promise<OwnerRecord> =>
  recordIn(await owners.find(owner));

/** What a decision leaves behind; without `next` nothing changes. */
export type Decided<R> = { result: R; next?: NextOwner };

const MAX_ROUNDS = 30;
const LONGEST_MS = 3000;
const REMEMBERED = 8;

/**
 * Decides on the owner at hand and stores the outcome; if another request came first, decides again on what
 * that one left. Atomic by the store's condition: no change is lost, and none is made twice where an answer
 * got lost. Fails as `busy` after thirty rounds or three seconds, or while the owner is being erased.
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
      if (latest?.state.erasure?.begunAt) throw busy("All that is held about this owner is being erased.");
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
  decide: (
    stored: StoredHead | undefined,
    owner: StoredOwner | undefined,
  ) => HeadChange<R> | Promise<HeadChange<R>>,
): Promise<{ result: R; stored: StoredHead | undefined; held: StoredOwner | undefined }> {
  const { result, held: after } = await changeOwner(owners, owner, held, async (latest) => {
    const decided = await decide(headIn(latest?.state, platform), latest);
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
 * `changeOwner` for a decision about the record, which may not be there yet. What is over by now leaves it.
 */
export async function changeRecord<R>(
  owners: OwnerStore,
  owner: OwnerId,
  now: Date,
  decide: (record: OwnerRecord, state: OwnerState) => NextRecord<R>,
  held: Promise<StoredOwner | undefined> | StoredOwner | undefined = owners.find(owner),
): Promise<{ result: R; record: OwnerRecord; held: StoredOwner | undefined }> {
  const { result, held: after } = await changeOwner(owners, owner, await held, async (latest) => {
    const before = await recordIn(latest);
    const former = latest?.state ?? newState();
    const { result: decided, record, state = former } = decide(before, former);
    if (record === before && state === former) return { result: { decided, record } };
    const next = withoutExpired(record, now);
    return { result: { decided, record: next }, next: { state, record: next } };
  });
  return { result: result.decided, record: result.record, held: after };
}
