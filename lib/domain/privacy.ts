/** What is held about an owner: told whole, and forgotten for good (R35). */
import type { BoundAccount } from "./account.ts";
import type { ActivityLog } from "./activity.ts";
import type { Letter, Outbox } from "./announcement.ts";
import { decodeDocument } from "./backup-document.ts";
import { DAY, later } from "./clock.ts";
import { recipientsIn } from "./contact.ts";
import type { CredentialStore } from "./credential.ts";
import { DEVICE_SEALED } from "./device-sealed.ts";
import type { Head, Version, VersionStore } from "./head.ts";
import { newId } from "./id.ts";
import { endCredentials } from "./issue.ts";
import { type OwnerId, Platform } from "./owner.ts";
import { type RecordStore, readRecord } from "./owner-record.ts";
import type { Heads } from "./recovery-opening.ts";
import type { RecoveryStore } from "./recovery-record.ts";

/** What the stores themselves can't do: see all that belongs to an owner. */
export interface Belongings {
  recoveries(owner: OwnerId): Promise<string[]>;
  /** Deletes what accounts have of this owner's, so that another owner may prove them. */
  dropCredentials(owner: OwnerId, accounts: BoundAccount[]): Promise<void>;
  /** From now on nothing that was ever sealed for the owner opens, wherever a copy of it lies. */
  shred(owner: OwnerId): Promise<void>;
  /** Whether nothing of the owner's can ever be opened again. */
  isShredded(owner: OwnerId): Promise<boolean>;
  /** Deletes what is left: it is unreadable already. */
  clear(owner: OwnerId): Promise<void>;
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

export type EraseStores = {
  records: RecordStore;
  credentials: CredentialStore;
  outbox: Outbox;
  belongings: Belongings;
};

/** The service's own: what is put on its way under this name can still be opened when the owner's key is gone. */
export type ServiceOwner = { serviceOwner: OwnerId };

/**
 * Contacts are told, credentials end, then the owner's key goes: from that moment on all the rest is noise. What a crash leaves
 * is cleared by repeating, or by a sweep. Safe to repeat.
 */
export async function eraseOwner(
  { records, credentials, outbox, belongings }: EraseStores,
  { owner, heads, serviceOwner }: { owner: OwnerId; heads: Heads } & ServiceOwner,
  now: Date,
): Promise<void> {
  const record = await readRecord(records, owner);
  const letters = recipientsIn(record, now).map(
    (to): Letter => ({
      ...{ type: "letter", id: newId(), to, kind: "erased", at: now, until: later(now, DAY), tries: 0 },
    }),
  );
  await Promise.all(letters.map((letter) => outbox.put(serviceOwner, letter)));
  for (const platform of Platform.options) {
    for (const { id } of heads[platform]?.value.devices ?? []) {
      await endCredentials({ records, credentials }, owner, id, now);
    }
  }
  await belongings.dropCredentials(
    owner,
    record.bindings.map(({ account }) => account),
  );
  await belongings.shred(owner);
  await belongings.clear(owner);
}
