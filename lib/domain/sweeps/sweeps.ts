/** The table of sweeps: for each, where it looks, what is due, and what to do. */
import { isPurgeDue } from "../backup/backup.ts";
import type { Head, StoredHead, VersionSeal, Wrapping } from "../backup/head.ts";
import { notify } from "../backup/stale-notice.ts";
import type { StalenessPolicy } from "../backup/staleness.ts";
import { DAY, HOUR, later } from "../clock.ts";
import type { CredentialStore } from "../credentials/credential.ts";
import { endPending, revokeOverdue } from "../devices/repudiation.ts";
import { newId } from "../id.ts";
import { nextExpiry } from "../owner/owner-record.ts";
import { headIn, type OwnerState, versionsIn, withHead } from "../owner/owner-state.ts";
import { changeHead, changeOwner, changeRecord, type StoredOwner } from "../owner/owner-store.ts";
import { type BackupKey, OwnerId, Platform } from "../owner.ts";
import { completeErasure, type EraseStores, forgetErased, isErasureDue } from "../privacy/erasure.ts";
import type { Change } from "../store.ts";
import {
  type Changed,
  faultsOf,
  kidsOf,
  type Listed,
  type Sweep,
  type SweepName,
  type SweepStore,
} from "./sweep.ts";

export type SweepPorts = EraseStores & {
  credentials: CredentialStore;
  versions: Pick<VersionSeal, "rewrap">;
  list: SweepStore["list"];
  /** The folder of an owner's bodies. */
  bodiesOf(owner: OwnerId): string;
  /** Succeeds if it is gone already. `only`: removes nothing if the blob has another ETag. */
  remove(name: string, only?: string): Promise<void>;
  /** Wraps the shard key with the current key, if it isn't yet; changes nothing else. */
  rewrapShardKey(listed: Listed, changed: Changed): Promise<void>;
  /** Whether keys may stay wrapped by this key id. */
  isCurrentKey(keyId: string): boolean;
  /** Asks the vault, so that nothing is ever wrapped with an older version than before. */
  findNewestKeys(): Promise<void>;
};
type Policy = { staleness: StalenessPolicy; contactCoolingOffHours: number };

/** A body too large for the owner's blob is stored before the state that names it; no upload takes an hour. */
const ORPHAN_AGE = HOUR;
/** Budgets count one day. */
const BUDGET_KEPT = 2 * DAY;
const LARGE_PAGE = 5000;

export const sweepsOf = (ports: SweepPorts, policy: Policy): Record<SweepName, Sweep> => ({
  owners: {
    prefix: (shard) => `owners/${shard}`,
    isDue: (listed, when) =>
      isPast(listed, when) || kidsOf(listed).some((kid) => policy.staleness.retiredKeyIds.includes(kid)),
    handle: (listed, now) => doWhatIsDue(ports, policy, ownerOf(listed), now),
  },
  orphans: {
    prefix: (shard) => `bodies/${shard}`,
    // Due once, at that age: an older body becomes an orphan only through a newer one, which is due then.
    isDue: ({ modifiedAt }, { now, since }) => {
      const ofAgeAt = later(modifiedAt, ORPHAN_AGE);
      return ofAgeAt <= now && (since === undefined || ofAgeAt > since);
    },
    groupOf: ({ name }) => name.slice(0, name.lastIndexOf("/")),
    handle: (listed, now) => removeOrphans(ports, ownerOf(listed), now),
  },
  recoveries: expired(ports, "recoveries"),
  tickets: expired(ports, "tickets"),
  /** Reservations of accounts for a former owner. */
  credentials: expired(ports, "credentials"),
  budgets: {
    prefix: (shard) => `budgets/${shard}`,
    isDue: ({ modifiedAt }, { now }) => later(modifiedAt, BUDGET_KEPT) <= now,
    handle: ({ name }) => ports.remove(name),
  },
  rewrap: {
    ...wrappedAnew(ports, "owners"),
    handle: (listed, now, changed) => rewrap(ports, listed, now, changed),
  },
  "shard-keys": {
    ...wrappedAnew(ports, "shard-keys"),
    handle: (listed, _, changed) => ports.rewrapShardKey(listed, changed),
  },
});

const isPast: Sweep["isDue"] = ({ metadata: { dueat } }, { now }) =>
  dueat !== undefined && new Date(dueat) <= now;

const expired = ({ remove }: SweepPorts, folder: string): Sweep => ({
  prefix: (shard) => `${folder}/${shard}`,
  isDue: isPast,
  // By its ETag, since somebody may be using it at this very moment.
  handle: ({ name, etag }) => remove(name, etag),
});

const wrappedAnew = ({ isCurrentKey, findNewestKeys }: SweepPorts, folder: string) => ({
  prefix: (shard: string) => `${folder}/${shard}`,
  isDue: (listed: Listed) => kidsOf(listed).some((kid) => !isCurrentKey(kid)),
  prepare: findNewestKeys,
  countsKeys: true as const,
});

/** owners/{owner}, bodies/{owner}/{id} */
const ownerOf = ({ name }: Listed): OwnerId => OwnerId.parse(name.split("/")[1]);

/** Erasures first: nothing else is due for an erased owner. */
async function doWhatIsDue(
  ports: SweepPorts,
  { staleness, contactCoolingOffHours }: Policy,
  owner: OwnerId,
  now: Date,
): Promise<void> {
  let held = await ports.owners.find(owner);
  if (!held) return;
  if (isErasureDue(held, now)) return await completeErasure(ports, owner, held, now);
  await forgetErased(ports, owner, held, contactCoolingOffHours, now);
  if (held.state.erased) held = await ports.owners.find(owner);
  if (held && held.state.pendingEnds.length > 0) held = await endPending(ports, owner, held, now);
  if (held) held = await revokeOverdue(ports, owner, held, contactCoolingOffHours, now);
  for (const platform of Platform.options)
    held = held && (await noticeOrPurge(ports, staleness, { owner, platform }, held, now));
  if (held) await dropExpired(ports, owner, held, now);
}

/** For idle owners; writes only if something in the record has expired. */
async function dropExpired(
  { owners }: SweepPorts,
  owner: OwnerId,
  held: StoredOwner,
  now: Date,
): Promise<void> {
  const dueAt = nextExpiry(await held.record());
  if (dueAt && dueAt <= now)
    await changeRecord(owners, owner, now, (record) => ({ result: undefined, record: { ...record } }), held);
}

/** R29, R30. */
async function noticeOrPurge(
  ports: SweepPorts,
  policy: StalenessPolicy,
  place: BackupKey,
  held: StoredOwner,
  now: Date,
): Promise<StoredOwner | undefined> {
  const stored = headIn(held.state, place.platform);
  if (!stored) return held;
  return isPurgeDue(stored.value, policy.undeleteDays, now)
    ? await purge(ports, place, held, policy, now)
    : await notify(ports, place, held, policy, now);
}

/**
 * Removes all references to the content first, then the content. Stays due until all is gone, so that a later
 * sweep completes an interrupted purge.
 */
async function purge(
  ports: SweepPorts,
  place: BackupKey,
  held: StoredOwner,
  { undeleteDays }: StalenessPolicy,
  now: Date,
): Promise<StoredOwner | undefined> {
  const { owners } = ports;
  const begun = await changeHead(owners, place, held, (stored) => beginPurge(stored, undeleteDays, now));
  if (!begun.result || !(await removeUnnamed(ports, place.owner, begun.held?.state, now))) return begun.held;
  return (await changeHead(owners, place, begun.held, endPurge)).held;
}

type HeadChange<R> = Change<Head, R, StoredHead | undefined>;

/** Does nothing if a new upload came meanwhile. */
function beginPurge(stored: StoredHead | undefined, undeleteDays: number, now: Date): HeadChange<boolean> {
  if (!stored || !isPurgeDue(stored.value, undeleteDays, now)) return { result: false, unchanged: stored };
  if (stored.value.purgedAt) return { result: true, unchanged: stored };
  return { result: true, next: { ...stored.value, versions: [], purgedAt: now, tag: newId() } };
}

function endPurge(stored: StoredHead | undefined): HeadChange<void> {
  if (!stored?.value.purgedAt) return { result: undefined, unchanged: stored };
  return { result: undefined, next: { ...stored.value, deletedAt: undefined } };
}

/** Removes content that no state names. Fails, and removes nothing, if the state can't be read. */
async function removeOrphans(ports: SweepPorts, owner: OwnerId, now: Date): Promise<void> {
  const held = await ports.owners.find(owner);
  await removeUnnamed(ports, owner, held?.state, now);
}

/** Whether only named content is left. Keeps young content: its upload may be about to store its state. */
async function removeUnnamed(
  { list, remove, bodiesOf }: SweepPorts,
  owner: OwnerId,
  state: OwnerState | undefined,
  now: Date,
): Promise<boolean> {
  const folder = bodiesOf(owner);
  const named = new Set(state && versionsIn(state).map(({ id }) => `${folder}${id}`));
  const unnamed = (await listAll(list, folder)).filter(({ name }) => !named.has(name));
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

/**
 * Wraps all of the owner's data keys anew that an older key version wraps; unwraps each once, touches no
 * content (R38).
 */
async function rewrap(ports: SweepPorts, listed: Listed, now: Date, changed: Changed): Promise<void> {
  const owner = ownerOf(listed);
  const { owners, versions, isCurrentKey } = ports;
  const held = await owners.find(owner);
  if (!held || isErasureDue(held, now)) return;
  const renewed = new Map<string, Wrapping>();
  const old = new Map(versionsIn(held.state).map((version) => [version.id, version]));
  const stale = [...old.values()].filter(({ keyId }) => !isCurrentKey(keyId));
  // A key that can't be unwrapped, for a while or for good, doesn't hold up the others.
  const faults = await faultsOf(stale, 1, async (version) => {
    renewed.set(version.id, await versions.rewrap(owner, version));
  });
  const { held: after } = await changeOwner(owners, owner, held, (latest) => {
    if (!latest || renewed.size === 0) return { result: undefined };
    const next = Platform.options.reduce((state, platform) => {
      const head = headIn(state, platform)?.value;
      if (!head) return state;
      const withNew = head.versions.map((each) => ({ ...each, ...renewed.get(each.id) }));
      return withHead(state, platform, { ...head, versions: withNew });
    }, latest.state);
    return { result: undefined, next: { state: next } };
  });
  const kids = new Set(after && versionsIn(after.state).map(({ keyId }) => keyId));
  changed({ ...listed.metadata, kids: [...kids].join(" ") }, renewed.size);
  const [fault] = faults;
  if (fault !== undefined) throw fault;
}
