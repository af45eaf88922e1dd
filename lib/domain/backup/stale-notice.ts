/** The notice that a backup went stale: once an episode (R29), until it is reliable again (R28). */
/** Any number of sweeps may run at once. */

import { later, latest, MINUTE } from "../clock.ts";
import { recipientsIn } from "../contacts/contact.ts";
import { announce, type Outbox } from "../messages/announcement.ts";
import { changeHead, type OwnerStore, recordIn, type StoredOwner } from "../owner/owner-store.ts";
import type { BackupKey } from "../owner.ts";
import type { Change } from "../store.ts";
import { requireCurrent, requirePrecondition } from "./backup.ts";
import type { Head, Precondition, StoredHead } from "./head.ts";
import { isStale, type StalenessPolicy } from "./staleness.ts";

type NoticePorts = { owners: OwnerStore; outbox: Outbox };

/** A claim without a notice after this long was cut off. */
const CLAIM = 10 * MINUTE;

/** Only the holder of the stored claim notifies; the mark afterwards stops further notices of the episode. */
export async function notify(
  { owners, outbox }: NoticePorts,
  place: BackupKey,
  held: StoredOwner,
  policy: StalenessPolicy,
  now: Date,
): Promise<StoredOwner | undefined> {
  const claimed = await changeHead(owners, place, held, (stored) => claim(stored, policy, now));
  if (!claimed.result || !claimed.stored) return claimed.held;
  const recipients = recipientsIn(await recordIn(claimed.held), now);
  const { generation, confirmedAt } = claimed.stored.value;
  const id = `backup-stale ${place.platform} ${generation} ${confirmedAt.toISOString()}`;
  await announce(outbox, place.owner, { kind: "backup-stale", recipients, now, id });
  return (await changeHead(owners, place, claimed.held, (stored) => mark(stored, now))).held;
}

function claim(
  stored: StoredHead | undefined,
  policy: StalenessPolicy,
  now: Date,
): Change<Head, boolean, StoredHead | undefined> {
  const head = stored?.value;
  const isTaken = head?.noticeClaimedAt !== undefined && later(head.noticeClaimedAt, CLAIM) > now;
  if (!head || head.noticedAt || isTaken || !isStale(head, policy, now))
    return { result: false, unchanged: stored };
  return { result: true, next: { ...head, noticeClaimedAt: now } };
}

/** Skips a head whose episode has ended meanwhile. */
function mark(stored: StoredHead | undefined, now: Date): Change<Head, void, StoredHead | undefined> {
  if (!stored?.value.noticeClaimedAt) return { result: undefined, unchanged: stored };
  return { result: undefined, next: { ...stored.value, noticedAt: now, noticeClaimedAt: undefined } };
}

/** R28: a reliable backup ends the episode; the next episode gets its own notice. */
export const withEpisode = (head: Head, policy: StalenessPolicy, now: Date): Head =>
  isStale(head, policy, now) ? head : { ...head, noticedAt: undefined, noticeClaimedAt: undefined };

/** The owner's sign-in, if the token tells: clears the sign-in reason and no other. */
const withSignIn = (head: Head, authTime: Date | undefined, policy: StalenessPolicy, now: Date): Head =>
  withEpisode({ ...head, confirmedAt: latest(head.confirmedAt, authTime) }, policy, now);

/** `authTime`: of a fresh sign-in. Fails as `backup-not-found` or `stale-precondition`. */
export function planConfirmation(
  held: StoredHead | undefined,
  precondition: Precondition,
  { authTime, policy, now }: { authTime: Date | undefined; policy: StalenessPolicy; now: Date },
): Change<Head, void> {
  const { head } = requireCurrent(held);
  requirePrecondition(held, precondition);
  return { result: undefined, next: withSignIn(head, authTime, policy, now) };
}
