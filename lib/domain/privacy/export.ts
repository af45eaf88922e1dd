/** Exports everything held about an owner (R35). */
import type { DeviceBoundAccount } from "../account.ts";
import type { Version, VersionSeal } from "../backup/head.ts";
import type { Challenge } from "../challenges/challenge.ts";
import type { AccountCredentials, CredentialStore } from "../credentials/credential.ts";
import type { ProvenAccount } from "../credentials/proven-account.ts";
import { type Asking, callerDevice, spendProof } from "../devices/admission.ts";
import { requireRight } from "../devices/young.ts";
import type { ActivityLog } from "../messages/activity.ts";
import { alarm, type Outbox } from "../messages/announcement.ts";
import type { Erasure } from "../owner/owner-state.ts";
import { type OwnerStore, recordIn, type StoredOwner } from "../owner/owner-store.ts";
import { type BackupKey, type OwnerId, Platform } from "../owner.ts";
import { contentIn, openVersion } from "../recovery/opening.ts";
import type { RecoveryStore } from "../recovery/record.ts";
import { isUnreadable, KeyDisabled } from "../sealing/seal.ts";
import type { Stored } from "../store.ts";

/** With ETags, so that a blob is removed only as it was seen. */
export type SeenBlobs = { name: string; etag: string }[];

/** Sees all that belongs to an owner, which the stores themselves can't. */
export interface Belongings {
  recoveries(owner: OwnerId): Promise<string[]>;
  /** The storage names of these accounts' credentials; a name reveals nothing about its account. */
  credentialNames(accounts: DeviceBoundAccount[]): Promise<string[]>;
  /** Everything stored beside the owner, and those of these credentials that are the owner's. */
  look(owner: OwnerId, credentials: string[]): Promise<SeenBlobs>;
  /** Replaces credentials by reservations; `endedAt`: when those end that an account still has. */
  remove(owner: OwnerId, seen: SeenBlobs, endedAt: Date): Promise<void>;
  /** Does so to those of these credentials that are the owner's and can't be opened any more. */
  removeShredded(owner: OwnerId, credentials: string[], endedAt: Date): Promise<void>;
}

export type ExportStores = {
  versions: VersionSeal;
  recoveries: RecoveryStore;
  credentials: CredentialStore;
  activity: ActivityLog;
  belongings: Pick<Belongings, "recoveries">;
};

/**
 * Exports everything; contacts hear first. Fails as `device-too-new`, `device-revoked`, `device-suspended`,
 * `proof-invalid` or `too-many-recoveries`.
 */
export async function exportData(
  stores: ExportStores & { owners: OwnerStore; outbox: Outbox },
  asking: Asking,
  { contactCoolingOffHours }: { contactCoolingOffHours: number },
) {
  requireRight("export-data", asking, contactCoolingOffHours);
  const { owner } = asking.caller;
  const held = await spendProof(stores.owners, asking);
  const told = { kind: "exported" as const, device: callerDevice(asking), now: asking.now };
  await alarm(stores.outbox, owner, { ...told, record: await recordIn(held) });
  return await exportOwner(stores, owner, held);
}

/**
 * Everything found by its owner, except the secrets of device credentials (R25) and keyed hashes. Objects
 * with secrets are copied field by field, so that no new secret gets out.
 */
export async function exportOwner(stores: ExportStores, owner: OwnerId, held: StoredOwner | undefined) {
  const record = await recordIn(held);
  const ids = await stores.belongings.recoveries(owner);
  const [backups, recoveries, boundAccounts, activity] = await Promise.all([
    held
      ? Promise.all(Platform.options.map((platform) => exportHead(stores, held, { owner, platform })))
      : [],
    Promise.all(ids.map((id) => exportRecovery(stores, owner, id))),
    Promise.all(record.bindings.map((proven) => exportBinding(stores, owner, proven))),
    stores.activity.read(owner),
  ]);
  const { contacts, removedContacts, contactRemovedAt, newcomerToldAt, endedDevices, failures, sent } =
    record;
  return {
    owner,
    backups: backups.flat(),
    contacts,
    removedContacts,
    contactRemovedAt,
    newcomerToldAt,
    boundAccounts,
    endedDevices,
    failures,
    challenges: record.challenges.map(withoutHash),
    sent,
    recoveries,
    activity,
    erasure: erasureIn(held),
  };
}

function erasureIn(held: StoredOwner | undefined): Partial<Erasure> & { erasedAt?: Date } {
  const { erasure, erased } = held?.state ?? {};
  return { ...erasure, ...(erased && { erasedAt: erased.at }) };
}

function withoutHash(challenge: Challenge) {
  const { id, kind, device, createdAt, attempts } = challenge;
  const shared = { id, kind, device, createdAt, attempts };
  if (challenge.kind === "contact") return { ...shared, contact: challenge.contact };
  const { purpose, recovery, account, subject } = challenge;
  const stepUp = { ...shared, purpose, recovery, account, subject };
  return challenge.kind === "code" ? { ...stepUp, contact: challenge.contact } : stepUp;
}

async function exportHead(stores: ExportStores, held: StoredOwner, place: BackupKey) {
  const { platform } = place;
  const head = held.state.heads[platform];
  if (!head) return [];
  const contents = new Map<string, object>();
  for (const version of head.versions) {
    if (contents.has(version.id) || version.custody === "client") continue;
    const content = await contentOf(stores, held, place, version).catch(orUnreadable);
    contents.set(version.id, content);
  }
  const versions = head.versions.map(({ wrappedKey: _, ...version }) => ({
    ...version,
    ...contents.get(version.id),
  }));
  return [{ platform, ...head, versions }];
}

async function contentOf({ versions }: ExportStores, held: StoredOwner, place: BackupKey, version: Version) {
  const { document, sealed } = contentIn(version, await openVersion(versions, place, version, held));
  return { content: sealed ?? document };
}

const exportRecovery = async ({ recoveries }: ExportStores, owner: OwnerId, record: string) => ({
  record,
  ...(await exported(recoveries.find({ owner, record }), (recovery) => recovery)),
});

/** Of an account that moved to another owner, only that it was proven. */
const exportBinding = async ({ credentials }: ExportStores, owner: OwnerId, proven: ProvenAccount) => ({
  ...proven,
  credentials: await exported(credentials.find(proven.account), (held) =>
    held.owner === owner ? withoutSecrets(held) : undefined,
  ),
});

async function exported<T, R>(finding: Promise<Stored<T> | undefined>, tell: (value: T) => R) {
  const found = await finding.catch(orUnreadable);
  return found && "value" in found ? tell(found.value) : found;
}

const withoutSecrets = ({ holders, ended, lastEndedAt, endedByProvider, failures }: AccountCredentials) => ({
  holders: holders.map(({ device, code, push }) => ({
    device,
    ...(code && { code: { issuedAt: code.issuedAt, lastStep: code.lastStep } }),
    ...(push && { push: { publicKey: push.publicKey, issuedAt: push.issuedAt } }),
  })),
  ended,
  lastEndedAt,
  endedByProvider,
  failures,
});

/** Marks content that can't be opened, now or ever, so that the rest is still exported. */
function orUnreadable(error: unknown): { unreadable: true } {
  if (isUnreadable(error) || error instanceof KeyDisabled) return { unreadable: true };
  throw error;
}
