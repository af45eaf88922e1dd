/** The sweeps there are: each a place, a condition and a deed. */
import { isGone } from "./backup.ts";
import { DAY, HOUR, later } from "./clock.ts";
import { completeErasure, type EraseStores, forgetErased } from "./erasure.ts";
import type { Head, StoredHead, Version } from "./head.ts";
import { newId } from "./id.ts";
import { notify } from "./notice.ts";
import { OwnerId, type Place, Platform } from "./owner.ts";
import { dropOutlived } from "./owner-record.ts";
import type { StalenessPolicy } from "./staleness.ts";
import { type Change, change } from "./store.ts";
import type { Changed, Listed, Sweep, SweepName, SweepStore } from "./sweep.ts";

export type SweepPorts = EraseStores & {
  list: SweepStore["list"];
  /** Gone afterwards, whether it was there or not. */
  remove(name: string): Promise<void>;
  /** Wraps anew with the current key what isn't; nothing else is touched. */
  rewrapVersion(listed: Listed, changed: Changed): Promise<void>;
  rewrapShardKey(listed: Listed, changed: Changed): Promise<void>;
  /** Whether what this key id wraps may stay so. */
  isCurrentKey(keyId: string): boolean;
  /** Asks the vault, so that nothing is ever wrapped with an older version than before. */
  findNewestKeys(): Promise<void>;
};
type Policy = { staleness: StalenessPolicy; contactCoolingOffHours: number };

/** An upload puts its version first and the head that names it after; an hour is more than any upload takes. */
const ORPHAN_AGE = HOUR;
/** They count a day. */
const BUDGET_KEPT = 2 * DAY;
const LARGE_PAGE = 5000;

export const sweepsOf = (ports: SweepPorts, policy: Policy): Record<SweepName, Sweep> => ({
  stale: {
    prefix: (shard) => `heads/${shard}`,
    isDue: (listed, when) =>
      isPast(listed, when) || policy.staleness.retiredKeyIds.includes(listed.metadata["kid"] ?? ""),
    handle: (listed, now) => noticeOrPurge(ports, policy.staleness, placeOf(listed), now),
  },
  orphans: {
    prefix: (shard) => `versions/${shard}`,
    // Each version is looked at once, when it has come of age: only a newer one makes an older one an orphan.
    isDue: ({ modifiedAt }, { now, since }) => {
      const ofAgeAt = later(modifiedAt, ORPHAN_AGE);
      return ofAgeAt <= now && (since === undefined || ofAgeAt > since);
    },
    groupOf: ({ name }) => name.slice(0, name.lastIndexOf("/")),
    handle: (listed, now) => removeOrphans(ports, placeOf(listed), now),
  },
  erasures: {
    prefix: (shard) => `erasures/${shard}`,
    isDue: () => true,
    handle: async (listed, now) => {
      const owner = ownerOf(listed);
      await completeErasure(ports, owner, now);
      await forgetErased(ports, owner, policy.contactCoolingOffHours, now);
    },
  },
  records: {
    prefix: (shard) => `records/${shard}`,
    isDue: isPast,
    handle: (listed, now) => dropOutlived(ports.records, ownerOf(listed), now),
  },
  recoveries: outlived(ports, "recoveries"),
  tickets: outlived(ports, "tickets"),
  budgets: {
    prefix: (shard) => `budgets/${shard}`,
    isDue: ({ modifiedAt }, { now }) => later(modifiedAt, BUDGET_KEPT) <= now,
    handle: ({ name }) => ports.remove(name),
  },
  rewrap: {
    ...wrappedAnew(ports, "versions"),
    handle: (listed, _, changed) => ports.rewrapVersion(listed, changed),
  },
  "shard-keys": {
    ...wrappedAnew(ports, "shard-keys"),
    handle: (listed, _, changed) => ports.rewrapShardKey(listed, changed),
  },
});

const isPast: Sweep["isDue"] = ({ metadata: { dueat } }, { now }) =>
  dueat !== undefined && new Date(dueat) <= now;

const outlived = ({ remove }: SweepPorts, folder: string): Sweep => ({
  prefix: (shard) => `${folder}/${shard}`,
  isDue: isPast,
  handle: ({ name }) => remove(name),
});

const wrappedAnew = ({ isCurrentKey, findNewestKeys }: SweepPorts, folder: string) => ({
  prefix: (shard: string) => `${folder}/${shard}`,
  isDue: ({ metadata }: Listed) => !isCurrentKey(metadata["kid"] ?? ""),
  prepare: findNewestKeys,
  countsKeys: true as const,
});

/** erasures/{owner}, records/{owner} */
const ownerOf = ({ name }: Listed): OwnerId => OwnerId.parse(name.split("/").at(-1));

/** heads/{owner}/{platform}, versions/{owner}/{platform}/{id} */
function placeOf({ name }: Listed): Place {
  const [, owner, platform] = name.split("/");
  return { owner: OwnerId.parse(owner), platform: Platform.parse(platform) };
}

/** R29, R30. */
async function noticeOrPurge(
  ports: SweepPorts,
  policy: StalenessPolicy,
  place: Place,
  now: Date,
): Promise<void> {
  const held = await ports.heads.find(place);
  if (!held) return;
  if (isGone(held.value, policy.undeleteDays, now)) return await purge(ports, place, held, policy, now);
  await notify(ports, place, held, policy, now);
}

/** First nothing names the content any more, then it goes. The head stays due until all is gone: what was cut off is gone on with. */
async function purge(
  ports: SweepPorts,
  place: Place,
  held: StoredHead,
  { undeleteDays }: StalenessPolicy,
  now: Date,
): Promise<void> {
  const { heads } = ports;
  const begun = await change(heads, place, held, (stored) => beginPurge(stored, undeleteDays, now));
  if (begun.result && (await removeUnnamed(ports, place, [], now)))
    await change(heads, place, begun.stored, endPurge);
}

type HeadChange<R> = Change<Head, R, StoredHead | undefined>;

/** Not if it was uploaded anew meanwhile. */
function beginPurge(stored: StoredHead | undefined, undeleteDays: number, now: Date): HeadChange<boolean> {
  if (!stored || !isGone(stored.value, undeleteDays, now)) return { result: false, unchanged: stored };
  if (stored.value.purgedAt) return { result: true, unchanged: stored };
  return { result: true, next: { ...stored.value, versions: [], purgedAt: now, tag: newId() } };
}

function endPurge(stored: StoredHead | undefined): HeadChange<void> {
  if (!stored?.value.purgedAt) return { result: undefined, unchanged: stored };
  return { result: undefined, next: { ...stored.value, deletedAt: undefined } };
}

/** What the head doesn't name. A head that can't be read fails: nothing is removed then. */
async function removeOrphans(ports: SweepPorts, place: Place, now: Date): Promise<void> {
  const head = await ports.heads.find(place);
  await removeUnnamed(ports, place, head?.value.versions ?? [], now);
}

/** Whether nothing is left but what is named. What is young may be of an upload whose head is still to come: it stays. */
async function removeUnnamed(
  { list, remove }: SweepPorts,
  place: Place,
  versions: Version[],
  now: Date,
): Promise<boolean> {
  const named = new Set(versions.map(({ id }) => `${folderOf(place)}/${id}`));
  const unnamed = (await listAll(list, `${folderOf(place)}/`)).filter(({ name }) => !named.has(name));
  const orphans = unnamed.filter(({ modifiedAt }) => later(modifiedAt, ORPHAN_AGE) <= now);
  await Promise.all(orphans.map(({ name }) => remove(name)));
  return orphans.length === unnamed.length;
}

async function listAll(list: SweepPorts["list"], prefix: string): Promise<Listed[]> {
  const all: Listed[] = [];
  let from: string | undefined;
  do {
    const { blobs, next } = await list(prefix, { size: LARGE_PAGE, from });
    all.push(...blobs);
    from = next;
  } while (from !== undefined);
  return all;
}

const folderOf = ({ owner, platform }: Place) => `versions/${owner}/${platform}`;
