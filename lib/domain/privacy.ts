/** What is held about an owner, told whole (R35). */
import type { BoundAccount } from "./account.ts";
import type { ActivityLog } from "./activity.ts";
import type { Binding } from "./binding.ts";
import type { Challenge } from "./challenge.ts";
import type { AccountCredentials, CredentialStore } from "./credential.ts";
import { isUnreadable, KeyDisabled } from "./envelope.ts";
import type { Erasure, ErasureStore } from "./erasure.ts";
import type { Head, Version, VersionStore } from "./head.ts";
import { type OwnerId, type Place, Platform } from "./owner.ts";
import { type RecordStore, readRecord } from "./owner-record.ts";
import { contentIn, type Heads, openVersion } from "./recovery-opening.ts";
import type { RecoveryStore } from "./recovery-record.ts";
import type { Stored } from "./store.ts";

/** ETags, so that only what was seen is removed: the key's, and that of each blob. */
export type Seen = { key: string | undefined; blobs: { name: string; etag: string }[] };

/** What the stores themselves can't do: see all that belongs to an owner. */
export interface Belongings {
  recoveries(owner: OwnerId): Promise<string[]>;
  /** The owner's key is read anew before it is used next: it may have been erased elsewhere. */
  forgetKey(owner: OwnerId): void;
  /** Under which what these accounts have is stored; the names say nothing of the accounts. */
  credentialNames(accounts: BoundAccount[]): Promise<string[]>;
  /** Names the owner's present key, read anew: with another one begins another life. Undefined where there is none. */
  lifeOf(owner: OwnerId): Promise<string | undefined>;
  /** All that is there, and what is the owner's of these credentials. */
  look(owner: OwnerId, credentials: string[]): Promise<Seen>;
  /** The key first: from then on nothing that was ever sealed for the owner opens, wherever a copy of it lies. */
  remove(owner: OwnerId, seen: Seen): Promise<void>;
  /** The erasure is done, or is not to be; nothing happens to another one than that with this ETag. */
  forgetErasure(owner: OwnerId, etag: string): Promise<void>;
}

export type ExportStores = {
  versions: VersionStore;
  records: RecordStore;
  recoveries: RecoveryStore;
  credentials: CredentialStore;
  erasures: ErasureStore;
  activity: ActivityLog;
  belongings: Pick<Belongings, "recoveries">;
};

/**
 * Everything that is found by its owner, but what nobody may ever be told again: the secrets of device credentials (R25), and
 * keyed hashes. Named field by field where there are such, so that none gets out by being new.
 */
export async function exportOwner(stores: ExportStores, owner: OwnerId, heads: Heads) {
  const record = await readRecord(stores.records, owner);
  const ids = await stores.belongings.recoveries(owner);
  const [backups, recoveries, boundAccounts, log, erasure] = await Promise.all([
    Promise.all(
      Platform.options.map((platform) => exportHead(stores, owner, platform, heads[platform]?.value)),
    ),
    Promise.all(ids.map((id) => exportRecovery(stores, owner, id))),
    Promise.all(record.bindings.map((binding) => exportBinding(stores, owner, binding))),
    stores.activity.read(owner),
    told(stores.erasures.find(owner), withoutNames),
  ]);
  const { contacts, removedContacts, contactRemovedAt, newcomerToldAt } = record;
  const { endedDevices, failures, challenges, sent, activity: anchor } = record;
  return {
    owner,
    backups: backups.flat(),
    ...{ contacts, removedContacts, contactRemovedAt, newcomerToldAt },
    ...{ boundAccounts, endedDevices, failures, challenges: challenges.map(withoutHash), sent },
    recoveries,
    activity: { ...log, anchor },
    erasure,
  };
}

function withoutNames(erasure: Erasure) {
  if (!("eraseAt" in erasure)) return erasure;
  const { device, requestedAt, eraseAt, begunAt, erasedAt } = erasure;
  return { device, requestedAt, eraseAt, begunAt, erasedAt };
}

function withoutHash(challenge: Challenge) {
  const { id, kind, device, createdAt, attempts } = challenge;
  const shared = { id, kind, device, createdAt, attempts };
  if (challenge.kind === "contact") return { ...shared, contact: challenge.contact };
  const { purpose, recovery, account } = challenge;
  const stepUp = { ...shared, purpose, recovery, account };
  return challenge.kind === "code" ? { ...stepUp, subject: challenge.subject } : stepUp;
}

async function exportHead(stores: ExportStores, owner: OwnerId, platform: Platform, head: Head | undefined) {
  if (!head) return [];
  const contents = new Map<string, object>();
  for (const version of head.versions) {
    if (contents.has(version.id) || version.custody === "client") continue;
    const content = await contentOf(stores, { owner, platform }, version).catch(markIfShut);
    contents.set(version.id, content);
  }
  const versions = head.versions.map((version) => ({ ...version, ...contents.get(version.id) }));
  return [{ platform, ...head, versions }];
}

async function contentOf({ versions }: ExportStores, place: Place, version: Version) {
  const { document, sealed } = contentIn(version, await openVersion(version, versions.read(place, version)));
  return { content: sealed ?? document };
}

const exportRecovery = async ({ recoveries }: ExportStores, owner: OwnerId, id: string) => ({
  id,
  ...(await told(recoveries.find({ owner, id }), (recovery) => recovery)),
});

/** Of an account that has moved to another owner, no more than that it was proven. */
const exportBinding = async ({ credentials }: ExportStores, owner: OwnerId, binding: Binding) => ({
  ...binding,
  credentials: await told(credentials.find(binding.account), (held) =>
    held.owner === owner ? withoutSecrets(held) : undefined,
  ),
});

async function told<T, R>(finding: Promise<Stored<T> | undefined>, tell: (value: T) => R) {
  const found = await finding.catch(markIfShut);
  return found && "value" in found ? tell(found.value) : found;
}

const withoutSecrets = ({ holders, ended, lastEndedAt, failures }: AccountCredentials) => ({
  holders: holders.map(({ device, code, push }) => ({
    device,
    ...(code && { code: { issuedAt: code.issuedAt, lastStep: code.lastStep } }),
    ...(push && { push: { publicKey: push.publicKey, issuedAt: push.issuedAt } }),
  })),
  ...{ ended, lastEndedAt, failures },
});

/** What can't be opened, now or later, is marked as such: all else is told. */
function markIfShut(error: unknown): { unreadable: true } {
  if (isUnreadable(error) || error instanceof KeyDisabled) return { unreadable: true };
  throw error;
}
