/** What happened in the days before an erasure, for the last letter: all else that knows of it goes (R18). */

import { DAY, later } from "../clock.ts";
import type { Activity, ActivityLog } from "../messages/activity.ts";
import { type Happened, HappenedKind } from "../messages/announcement.ts";
import type { OwnerRecord } from "../owner/owner-record.ts";
import { devicesOf, headsOf, type OwnerState } from "../owner/owner-state.ts";
import type { OwnerId } from "../owner.ts";
import { begunAt } from "../recovery/record.ts";
import { nothingIfUnreadable } from "../sealing/seal.ts";

const DAYS_BEFORE = 7;

type Event = { kind: HappenedKind; at: Date };

/**
 * Each kind once, however often it happened. The activity log may lack the newest; what state and record know
 * of, too, happened at the same time in both, and counts once. `until`: when the erasure was asked for.
 */
export async function daysBefore(
  { activity }: { activity: Pick<ActivityLog, "read"> },
  owner: OwnerId,
  { state, record, until }: { state: OwnerState; record: OwnerRecord; until: Date },
): Promise<Happened[]> {
  const since = later(until, -DAYS_BEFORE * DAY);
  const log = await activity.read(owner).catch(nothingIfUnreadable);
  const events = [...knownIn(state, record), ...(log?.entries ?? []).flatMap(eventOf)];
  return gathered(events.filter(({ at }) => at >= since));
}

const gathered = (events: Event[]): Happened[] =>
  HappenedKind.options.flatMap((kind) => {
    const times = new Set(events.filter((each) => each.kind === kind).map(({ at }) => at.getTime()));
    return times.size === 0 ? [] : [{ kind, times: times.size, last: new Date(Math.max(...times)) }];
  });

const knownIn = (state: OwnerState, { contactRemovedAt }: OwnerRecord): Event[] => [
  ...state.recoveries.map((open) => ({ kind: "recovered" as const, at: begunAt(open) })),
  ...devicesOf(headsOf(state)).map(({ registeredAt }) => ({
    kind: "device-registered" as const,
    at: registeredAt,
  })),
  ...(contactRemovedAt ? [{ kind: "contact-removed" as const, at: contactRemovedAt }] : []),
];

function eventOf({ kind, at }: Activity): Event[] {
  const { data: happened } = HappenedKind.safeParse(kind);
  return happened ? [{ kind: happened, at }] : [];
}
