/** The states of a backup (current, deleted, none) and the changes between them. */
import { DAY, later } from "../clock.ts";
import { Failure } from "../failure.ts";
import { newId } from "../id.ts";
import { headIn } from "../owner/owner-state.ts";
import type { StoredOwner } from "../owner/owner-store.ts";
import type { Platform } from "../owner.ts";
import type { Change } from "../store.ts";
import type { Head, Precondition, StoredHead, Version } from "./head.ts";
import { withHistory } from "./history.ts";

export const currentVersion = (head: Head | undefined): Version | undefined =>
  head?.deletedAt ? undefined : head?.versions[0];

/** True for a current or deleted backup; false for a head that only holds devices. */
export const hasBackup = (stored: StoredHead | undefined): stored is StoredHead =>
  (stored?.value.versions.length ?? 0) > 0;

/** Fails as `backup-not-found`. */
export function requireBackup(stored: StoredHead | undefined): StoredHead {
  if (hasBackup(stored)) return stored;
  throw new Failure("backup-not-found", "There is no backup for this platform.");
}

/** The head and its current version. Fails as `backup-not-found`. */
export function requireCurrent(stored: StoredHead | undefined): { head: Head; version: Version } {
  const { value: head } = requireBackup(stored);
  const version = currentVersion(head);
  if (version) return { head, version };
  throw new Failure("backup-not-found", "The backup for this platform was deleted.");
}

/**
 * Like `requireCurrent`, with the stored owner that opening the version needs. Fails as `backup-not-found`.
 */
export function requireCurrentIn(
  held: StoredOwner | undefined,
  platform: Platform,
): { held: StoredOwner; head: Head; version: Version } {
  const current = requireCurrent(headIn(held?.state, platform));
  if (held) return { held, ...current };
  throw new RangeError("a backup without an owner");
}

/** Fails as `stale-precondition` unless the caller knows the current state (R7). */
export function requirePrecondition(stored: StoredHead | undefined, precondition: Precondition): void {
  const holds =
    precondition === "nothing"
      ? !currentVersion(stored?.value)
      : stored && precondition.replaces === stored.etag;
  if (holds) return;
  throw new Failure("stale-precondition", "The backup is not in the state that this request replaces.", {
    generation: stored?.value.generation ?? 0,
    ...(stored && { etag: stored.etag }),
  });
}

/** R6. A repeated deletion changes nothing. Fails as `backup-not-found` or `stale-precondition`. */
export function planDeletion(
  held: StoredHead | undefined,
  precondition: Precondition,
  now: Date,
): Change<Head, void> {
  const stored = requireBackup(held);
  requirePrecondition(stored, precondition);
  if (stored.value.deletedAt) return { result: undefined, unchanged: stored };
  return { result: undefined, next: { ...stored.value, deletedAt: now, tag: newId() } };
}

/**
 * R30. No change if the backup isn't deleted. Fails as `backup-not-found`, `stale-precondition` or
 * `undelete-too-late`.
 */
export function planUndelete(
  held: StoredHead | undefined,
  precondition: Precondition,
  undeleteDays: number,
  now: Date,
): Change<Head, void> {
  const tooLate = () => new Failure("undelete-too-late", "It is too late to undelete this backup.");
  if (held?.value.purgedAt) throw tooLate();
  const stored = requireBackup(held);
  requirePrecondition(stored, precondition);
  const { deletedAt } = stored.value;
  if (!deletedAt) return { result: undefined, unchanged: stored };
  if (undeletableUntil(deletedAt, undeleteDays) <= now) throw tooLate();
  return { result: undefined, next: { ...stored.value, deletedAt: undefined, tag: newId() } };
}

/**
 * R30: the former version becomes the newest generation and also stays in the history; its content doesn't
 * change. Fails as `backup-not-found`, `stale-precondition` or `version-not-found`.
 */
export function planRestore(
  held: StoredHead | undefined,
  precondition: Precondition,
  { versionId, historyLength, now }: { versionId: string; historyLength: number; now: Date },
): Change<Head, void> {
  const { head } = requireCurrent(held);
  requirePrecondition(held, precondition);
  const version = head.versions.find(({ id }) => id === versionId);
  if (!version) throw new Failure("version-not-found", "There is no such version of this backup.");
  const { idempotencyKey: _, ...former } = version;
  const generation = head.generation + 1;
  const { sealedAs = version.generation } = version;
  const restored = { ...former, generation, sealedAs, restoredAt: now };
  const all = { ...head, versions: [restored, ...head.versions] };
  const versions = withHistory(all, historyLength, now);
  return { result: undefined, next: { ...head, generation, versions, tag: newId() } };
}

/** Deleted so long ago that it can't be undeleted, and not all of it is removed yet. */
export const isPurgeDue = ({ deletedAt, purgedAt }: Head, undeleteDays: number, now: Date): boolean =>
  deletedAt !== undefined && (purgedAt !== undefined || undeletableUntil(deletedAt, undeleteDays) <= now);

/** Too late to undelete, whether its remains are still to be removed or are gone. */
export const isPurged = (head: Head, undeleteDays: number, now: Date): boolean =>
  head.purgedAt !== undefined || isPurgeDue(head, undeleteDays, now);

/** The end of the time for an undelete (R30). */
export const undeletableUntil = (deletedAt: Date, undeleteDays: number) =>
  later(deletedAt, undeleteDays * DAY);
