/** Opening a backup for a device: what plan and recovery have in common. One vault call. */
import { accountKey, type ExistingAccount, isForeign, type StoredAccount } from "../account.ts";
import { requireBackup, requireCurrentIn } from "../backup/backup.ts";
import { sealedContent, unreadableEnvelope } from "../backup/custody.ts";
import { DEVICE_SEALED } from "../backup/device-sealed.ts";
import { decodeDocument, type StoredDocument } from "../backup/document.ts";
import type { Head, Version, VersionSeal } from "../backup/head.ts";
import type { CredentialStore } from "../credentials/credential.ts";
import { provenAccountFor } from "../credentials/proven-account.ts";
import { type Asking, requireOwnPlatform } from "../devices/admission.ts";
import { Failure } from "../failure.ts";
import type { Outbox } from "../messages/announcement.ts";
import type { OwnerRecord } from "../owner/owner-record.ts";
import { headIn } from "../owner/owner-state.ts";
import type { OwnerStore, StoredOwner } from "../owner/owner-store.ts";
import { type BackupKey, type Caller, type Platform, sha256 } from "../owner.ts";
import { isUnreadable, unreadable } from "../sealing/seal.ts";
import { compareWith } from "./on-device.ts";
import { type Circumstances, type Outcome, planRecovery } from "./plan.ts";
import { tellOfUnregistered } from "./unregistered-device.ts";

export type OpeningStores = { versions: VersionSeal; credentials: CredentialStore };

/** `from`: the platform whose backup is recovered; `platform` is the device's own. */
export type OpeningRequest = {
  caller: Caller;
  platform: Platform;
  from: Platform;
  existing: ExistingAccount[];
  /** What the app has kept, where the client has custody. */
  envelope: string | undefined;
};

/** R16: what becomes of a backup of the other platform; the model's rule is `deny`. */
export type CrossPlatformRule = "portable" | "deny";

/** Fails as `cross-platform-denied`. */
export function requirePortable(
  { platform, from }: Pick<OpeningRequest, "platform" | "from">,
  rule: CrossPlatformRule,
): void {
  if (platform === from || rule === "portable") return;
  throw new Failure("cross-platform-denied", "A backup of the other platform can't be recovered here.");
}

export type Opened = {
  version: Version;
  /** What the device has sealed itself, and only a device can open; the document is empty then. */
  sealed: string | undefined;
  document: StoredDocument;
  outcomes: Outcome[];
  /** Places in the accounts of the device. */
  overlapping: number[];
  record: OwnerRecord;
};

/** What a backup is opened from. */
export type Opening = { head: Head; version: Version; held: StoredOwner; record: Promise<OwnerRecord> };

/** The record is being opened when it returns. Fails as `backup-not-found`. */
export function beginOpening(owner: StoredOwner | undefined, from: Platform): Opening {
  const { held, head, version } = requireCurrentIn(owner, from);
  const record = held.record();
  record.catch(() => undefined);
  return { held, head, version, record };
}

/** One vault call, no write. */
export async function finishOpening(
  { versions, credentials }: OpeningStores,
  { head, version, held, record: reading }: Opening,
  { caller, platform, from, existing, envelope }: OpeningRequest,
): Promise<Opened> {
  const place = { owner: caller.owner, platform: from };
  const content = await openVersion(versions, place, version, held, sealedContent(head, version, envelope));
  const { document, sealed } = contentIn(version, content);
  const record = await reading;
  const known = await knownOf(document.accounts, record, caller, credentials);
  const { presence, overlapping } = compareWith(document.accounts, existing);
  const outcomes = planRecovery(document, { ...known, presence, samePlatform: platform === from });
  return { version, sealed, document, outcomes, overlapping, record };
}

export type PlanStores = OpeningStores & { owners: OwnerStore; outbox: Outbox };

/**
 * The dry run (R12). Fails as `invalid-request` for a device of the other platform, as
 * `cross-platform-denied`, `backup-not-found` or `not-in-this-mode`.
 */
export async function dryRun(
  stores: PlanStores,
  asking: Asking,
  wanted: Omit<OpeningRequest, "caller">,
  rule: CrossPlatformRule,
): Promise<Opened & { head: Head }> {
  requireOwnPlatform(asking, wanted.platform);
  requirePortable(wanted, rule);
  const { value: head } = requireBackup(headIn(asking.held?.state, wanted.from));
  const opened = await tellAndOpen(stores, asking, wanted);
  requireReadable(opened);
  return { ...opened, head };
}

/**
 * Nothing is recovered; still, of a device that isn't registered contacts are told before it sees anything.
 */
export async function tellAndOpen(
  stores: PlanStores,
  asking: Asking,
  wanted: Omit<OpeningRequest, "caller">,
): Promise<Opened> {
  const { caller, held } = asking;
  await tellOfUnregistered(stores, asking);
  return await finishOpening(stores, beginOpening(held, wanted.from), { ...wanted, caller });
}

/**
 * Bound by the record, and not taken over by another owner since. Of those, whoever has a push credential or
 * ever had one: the document is the client's word only, and a thief's device can upload it (R15).
 */
export async function knownOf(
  accounts: StoredAccount[],
  record: OwnerRecord,
  { owner }: Caller,
  credentials: CredentialStore,
): Promise<Pick<Circumstances, "bound" | "pushing">> {
  const checked = await Promise.all(
    accounts.map(async (account) => {
      if (isForeign(account) || account.kind !== "personal" || account.usesPush) return [];
      const proven = provenAccountFor(record, account);
      const stored = proven && (await credentials.find(account));
      if (stored?.value.owner !== owner) return [];
      const usesPush = proven?.usesPush === true || stored.value.holders.some(({ push }) => push);
      return [{ identity: accountKey(account), usesPush }];
    }),
  );
  const identitiesOf = (pushing: boolean) => {
    const found = checked.flat().filter(({ usesPush }) => usesPush === pushing);
    return new Set(found.map(({ identity }) => identity));
  };
  return { bound: identitiesOf(false), pushing: identitiesOf(true) };
}

/** Whatever is wrong with a client's envelope is told as such: the rest of the backup may be fine. */
export async function openVersion(
  versions: VersionSeal,
  place: BackupKey,
  version: Version,
  held: StoredOwner,
  kept?: Buffer,
): Promise<Buffer> {
  try {
    const content = await versions.open(place, version, kept ?? held.body(version.id));
    if (sha256(content) !== version.digest) throw unreadable();
    return content;
  } catch (error) {
    throw isUnreadable(error) && kept ? unreadableEnvelope(error) : error;
  }
}

const NOTHING: StoredDocument = { accounts: [], settings: {} };

export const contentIn = ({ contentType }: Version, content: Buffer) =>
  contentType === DEVICE_SEALED
    ? { document: NOTHING, sealed: content.toString() }
    : { document: decodeDocument(content), sealed: undefined };

/** Fails as `not-in-this-mode` for what only a device can read (R9). */
export function requireReadable({ sealed }: Opened): void {
  if (sealed === undefined) return;
  throw new Failure("not-in-this-mode", "The device has sealed this backup itself.");
}
