/** Opens a backup for a device, with one vault call: the common part of plan and recovery. */
import { accountKey, type ExistingAccount, isForeign, type StoredAccount } from "../account.ts";
import { requireBackup, requireCurrentIn } from "../backup/backup.ts";
import { sealedContent, unreadableEnvelope } from "../backup/custody.ts";
import { DEVICE_SEALED } from "../backup/device-sealed.ts";
import { decodeDocument, type StoredDocument } from "../backup/document.ts";
import type { Head, Version, VersionSeal } from "../backup/head.ts";
import { type CredentialStore, mayRenew } from "../credentials/credential.ts";
import { provenAccountFor } from "../credentials/proven-account.ts";
import { type Asking, requireOwnPlatform } from "../devices/admission.ts";
import { Failure } from "../failure.ts";
import { sha256 } from "../hash.ts";
import type { Outbox } from "../messages/announcement.ts";
import type { OwnerRecord } from "../owner/owner-record.ts";
import { headIn } from "../owner/owner-state.ts";
import type { OwnerStore, StoredOwner } from "../owner/owner-store.ts";
import type { BackupKey, Caller, Platform } from "../owner.ts";
import { isUnreadable, unreadable } from "../sealing/seal.ts";
import { compareWith } from "./on-device.ts";
import { type Circumstances, type Outcome, planRecovery } from "./plan.ts";
import { tellOfUnregistered } from "./unregistered-device.ts";

export type OpeningStores = { versions: VersionSeal; credentials: CredentialStore };

/** `from`: the platform whose backup to recover; `platform`: the device's own. */
export type OpeningRequest = {
  caller: Caller;
  platform: Platform;
  from: Platform;
  existing: ExistingAccount[];
  /** The app's copy, with client custody. */
  envelope: string | undefined;
};

/** R16: what happens to a backup of the other platform; the model's rule is `deny`. */
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
  /** A backup that the device sealed itself; only a device can open it, and the document is empty. */
  sealed: string | undefined;
  document: StoredDocument;
  outcomes: Outcome[];
  /** Positions among the device's accounts. */
  overlapping: number[];
  record: OwnerRecord;
};

/** What opening a backup needs. */
export type Opening = { head: Head; version: Version; held: StoredOwner; record: Promise<OwnerRecord> };

/** Starts to open the record as well. Fails as `backup-not-found`. */
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
 * The dry run (R12). Fails as `invalid-request` for a device of the other platform, or as
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

/** Recovers nothing; still, contacts are notified before an unregistered device sees anything. */
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
 * Accounts that this owner has proven, and that no other owner has taken over and no provider has ended
 * since. `pushing`: those that have or ever had a push credential; the document's word isn't enough, because
 * a thief's device can upload it (R15).
 */
export async function knownOf(
  accounts: StoredAccount[],
  record: OwnerRecord,
  { owner, device }: Caller,
  credentials: CredentialStore,
): Promise<Pick<Circumstances, "bound" | "pushing">> {
  const checked = await Promise.all(
    accounts.map(async (account) => {
      if (isForeign(account) || account.kind !== "personal" || account.usesPush) return [];
      const proven = provenAccountFor(record, account);
      const stored = proven && (await credentials.find(account));
      if (stored?.value.owner !== owner || !mayRenew(stored.value, device)) return [];
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

/** Blames the client's envelope if that can't be opened: the rest of the backup may be fine. */
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

/** Fails as `not-in-this-mode` for a backup that only a device can read (R9). */
export function requireReadable({ sealed }: Opened): void {
  if (sealed === undefined) return;
  throw new Failure(
    "not-in-this-mode",
    "The device sealed this backup itself, so only a device can read it.",
  );
}
