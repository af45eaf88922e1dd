/** What is held about an owner, told whole (R35). */
import type { BoundAccount } from "./account.ts";
import type { ActivityLog } from "./activity.ts";
import { isUnreadable, KeyDisabled } from "./envelope.ts";
import type { Head, Version, VersionStore } from "./head.ts";
import { type OwnerId, type Place, Platform } from "./owner.ts";
import { type RecordStore, readRecord } from "./owner-record.ts";
import { contentIn, type Heads, openVersion } from "./recovery-opening.ts";
import type { RecoveryStore } from "./recovery-record.ts";

/** What the stores themselves can't do: see all that belongs to an owner. */
export interface Belongings {
  recoveries(owner: OwnerId): Promise<string[]>;
  /** The owner's key is read anew before it is used next: it may have been erased elsewhere. */
  forgetKey(owner: OwnerId): void;
  /** Under which what these accounts have is stored; the names say nothing of the accounts. */
  credentialNames(accounts: BoundAccount[]): Promise<string[]>;
  /** From now on nothing that was ever sealed for the owner opens, wherever a copy of it lies. */
  shred(owner: OwnerId): Promise<void>;
  /** Deletes what is left, unreadable already, and what is the owner's of these credentials. */
  clear(owner: OwnerId, credentials: string[]): Promise<void>;
  /** The erasure is done, or is not to be. */
  forgetErasure(owner: OwnerId): Promise<void>;
}

export type ExportStores = {
  versions: VersionStore;
  records: RecordStore;
  recoveries: RecoveryStore;
  activity: ActivityLog;
  belongings: Belongings;
};

/** Everything but what nobody may ever be told again: the secrets of device credentials (R25), and keyed hashes. */
export async function exportOwner(stores: ExportStores, owner: OwnerId, heads: Heads) {
  const record = await readRecord(stores.records, owner);
  const ids = await stores.belongings.recoveries(owner);
  const [backups, recoveries, activity] = await Promise.all([
    Promise.all(
      Platform.options.map((platform) => exportHead(stores, owner, platform, heads[platform]?.value)),
    ),
    Promise.all(ids.map((id) => exportRecovery(stores, owner, id))),
    stores.activity.read(owner),
  ]);
  const { contacts, removedContacts, bindings } = record;
  return {
    owner,
    backups: backups.flat(),
    contacts,
    removedContacts,
    boundAccounts: bindings,
    recoveries,
    activity,
  };
}

async function exportHead(stores: ExportStores, owner: OwnerId, platform: Platform, head: Head | undefined) {
  if (!head) return [];
  const { spentProofs: _, ...rest } = head;
  const contents = new Map<string, object>();
  for (const version of head.versions) {
    if (contents.has(version.id) || version.custody === "client") continue;
    const content = await contentOf(stores, { owner, platform }, version).catch(markIfShut);
    contents.set(version.id, content);
  }
  const versions = head.versions.map((version) => ({ ...version, ...contents.get(version.id) }));
  return [{ platform, ...rest, versions }];
}

async function contentOf({ versions }: ExportStores, place: Place, version: Version) {
  const { document, sealed } = contentIn(version, await openVersion(versions, place, version, undefined));
  return { content: sealed ?? document };
}

async function exportRecovery({ recoveries }: ExportStores, owner: OwnerId, id: string) {
  const stored = await recoveries.find({ owner, id }).catch(markIfShut);
  return stored && "value" in stored ? { id, ...stored.value } : { id, ...stored };
}

/** What can't be opened, now or later, is marked as such: all else is told. */
function markIfShut(error: unknown): { unreadable: true } {
  if (isUnreadable(error) || error instanceof KeyDisabled) return { unreadable: true };
  throw error;
}
