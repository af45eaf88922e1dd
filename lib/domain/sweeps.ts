/** The sweeps there are: each a place, a condition and a deed. */
import { announce, type Outbox } from "./announcement.ts";
import { isGone } from "./backup.ts";
import { DAY, HOUR, later } from "./clock.ts";
import { recipientsIn } from "./contact.ts";
import { Failure } from "./failure.ts";
import type { Head, HeadStore } from "./head.ts";
import { OwnerId, type Place, Platform } from "./owner.ts";
import { type RecordStore, readRecord } from "./owner-record.ts";
import type { Belongings } from "./privacy.ts";
import { assess, type StalenessPolicy } from "./staleness.ts";
import { change } from "./store.ts";
import type { Listed, Sweep, SweepName } from "./sweep.ts";

export type SweepPorts = {
  heads: HeadStore;
  records: RecordStore;
  outbox: Outbox;
  belongings: Belongings;
  /** Gone afterwards, whether it was there or not. */
  remove(name: string): Promise<void>;
  /** Wraps the data key anew with the current key; nothing else of the version is touched. */
  rewrap(listed: Listed): Promise<void>;
  /** Whether this key id is one that new uploads use. */
  isCurrentKey(keyId: string): boolean;
};
type Policy = { staleness: StalenessPolicy; printedTicketDays: number };

/** An upload puts its version first and the head that names it after; an hour is more than any upload takes. */
const ORPHAN_AGE = HOUR;
const RECOVERY_KEPT = 8 * DAY;

export const sweepsOf = (ports: SweepPorts, policy: Policy): Record<SweepName, Sweep> => ({
  stale: {
    prefix: (shard) => `heads/${shard}`,
    isDue: ({ metadata }, now) => metadata["dueat"] !== undefined && new Date(metadata["dueat"]) <= now,
    handle: (listed, now) => noticeOrPurge(ports, policy.staleness, placeOf(listed), now),
  },
  orphans: {
    prefix: (shard) => `versions/${shard}`,
    isDue: ({ modifiedAt }, now) => later(modifiedAt, ORPHAN_AGE) <= now,
    handle: (listed) => removeOrphan(ports, listed),
  },
  recoveries: outlived(ports, "recoveries", RECOVERY_KEPT),
  tickets: outlived(ports, "tickets", (policy.printedTicketDays + 1) * DAY),
  rewrap: {
    prefix: (shard) => `versions/${shard}`,
    isDue: ({ metadata }) => !ports.isCurrentKey(metadata["kid"] ?? ""),
    handle: (listed) => ports.rewrap(listed),
  },
});

const outlived = ({ remove }: SweepPorts, folder: string, kept: number): Sweep => ({
  prefix: (shard) => `${folder}/${shard}`,
  isDue: ({ modifiedAt }, now) => later(modifiedAt, kept) <= now,
  handle: ({ name }) => remove(name),
});

/** heads/{owner}/{platform}, versions/{owner}/{platform}/{id} */
function placeOf({ name }: Listed): Place {
  const [, owner, platform] = name.split("/");
  return { owner: OwnerId.parse(owner), platform: Platform.parse(platform) };
}

/** R29, R30. The notice goes out first and has one name for the whole episode, so that going out twice is going out once. */
async function noticeOrPurge(
  ports: SweepPorts,
  policy: StalenessPolicy,
  place: Place,
  now: Date,
): Promise<void> {
  const held = await ports.heads.find(place).catch(asShredded(ports, place.owner));
  if (!held) return;
  if (isGone(held.value, policy.undeleteDays, now)) return await purge(ports, place, held.value, policy, now);
  const { state } = assess(held.value, {}, policy, now);
  if (state !== "stale" || held.value.noticedAt) return;
  const recipients = recipientsIn(await readRecord(ports.records, place.owner), now);
  const { generation, confirmedAt } = held.value;
  const id = `backup-stale ${place.platform} ${generation} ${confirmedAt.toISOString()}`;
  await announce(ports.outbox, place.owner, { kind: "backup-stale", recipients, now, id });
  await change(ports.heads, place, held, (stored = held) => {
    const isSame =
      stored.value.generation === generation && Number(stored.value.confirmedAt) === Number(confirmedAt);
    if (!isSame || stored.value.noticedAt) return { result: undefined, unchanged: stored };
    return { result: undefined, next: { ...stored.value, noticedAt: now } };
  });
}

/** First nothing names them any more, then they go: what is cut off between is an orphan. */
async function purge(
  { heads, remove }: SweepPorts,
  place: Place,
  { versions: named }: Head,
  { undeleteDays }: StalenessPolicy,
  now: Date,
): Promise<void> {
  const held = await heads.find(place);
  const { result: isPurged } = await change(heads, place, held, (stored) => {
    if (!stored || !isGone(stored.value, undeleteDays, now)) return { result: false, unchanged: stored };
    return { result: true, next: { ...stored.value, versions: [], deletedAt: undefined } };
  });
  const { owner, platform } = place;
  if (isPurged) await Promise.all(named.map(({ id }) => remove(`versions/${owner}/${platform}/${id}`)));
}

async function removeOrphan(ports: SweepPorts, listed: Listed): Promise<void> {
  const place = placeOf(listed);
  const head = await ports.heads.find(place).catch(asShredded(ports, place.owner));
  const id = listed.name.split("/").at(-1);
  if (!head?.value.versions.some((version) => version.id === id)) await ports.remove(listed.name);
}

/** An erasure that was cut off: the key is gone, so all that is left can go. Anything else that can't be read stays. */
const asShredded =
  ({ belongings }: SweepPorts, owner: OwnerId) =>
  async (error: unknown): Promise<undefined> => {
    if (!(error instanceof Failure && error.kind === "backup-unreadable")) throw error;
    if (!(await belongings.isShredded(owner))) throw error;
    await belongings.clear(owner);
    return undefined;
  };
