/** What is held about an owner, told whole (R35). */
import type { BoundAccount } from "./account.ts";
import type { ActivityLog } from "./activity.ts";
import { decodeDocument } from "./backup-document.ts";
import { DEVICE_SEALED } from "./device-sealed.ts";
import type { Head, Version, VersionStore } from "./head.ts";
import { type OwnerId, Platform } from "./owner.ts";
import { type RecordStore, readRecord } from "./owner-record.ts";
import type { Heads } from "./recovery-opening.ts";
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
    Promise.all(ids.map(async (id) => ({ id, ...(await stores.recoveries.find({ owner, id }))?.value }))),
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
  const contents = new Map<string, unknown>();
  for (const version of head.versions) {
    if (contents.has(version.id) || version.custody === "client") continue;
    contents.set(version.id, readable(version, await stores.versions.open({ owner, platform }, version)));
  }
  const versions = head.versions.map((version) => ({ ...version, content: contents.get(version.id) }));
  return [{ platform, ...rest, versions }];
}

const readable = ({ contentType }: Version, content: Buffer) =>
  contentType === DEVICE_SEALED ? content.toString() : decodeDocument(content);
