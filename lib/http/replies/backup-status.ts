/** The reply that describes a backup's state, without its content. */
import * as z from "zod";
import { undeletableUntil } from "../../domain/backup/backup.ts";
import { DEVICE_SEALED } from "../../domain/backup/device-sealed.ts";
import { AccountCounts } from "../../domain/backup/document.ts";
import { Custody, type Head, type StoredHead, signedInAt, type Version } from "../../domain/backup/head.ts";
import {
  type Assessment,
  assess,
  BACKUP_STATES,
  INDICATORS,
  NEXT_STEPS,
  STALENESS_REASONS,
  type StalenessPolicy,
} from "../../domain/backup/staleness.ts";
import { findDevice } from "../../domain/device.ts";
import { type Caller, Platform } from "../../domain/owner.ts";

export const Timestamp = z.iso.datetime();

export const Staleness = z.strictObject({
  state: z.enum(BACKUP_STATES),
  reasons: z.array(z.enum(STALENESS_REASONS)),
  indicator: z.enum(INDICATORS),
  nextStep: z.enum(NEXT_STEPS),
  /** Since when uploads are refused; only with the reason `uploads-refused`. */
  refusedSince: Timestamp.optional(),
});

export const stalenessStatus = ({ refusedSince, ...told }: Assessment): z.infer<typeof Staleness> => ({
  ...told,
  ...(refusedSince && { refusedSince: refusedSince.toISOString() }),
});

/** `digest`: SHA-256 of the stored document, base64url. `sizeBytes`: its size. */
export const VersionStatus = z.strictObject({
  id: z.string(),
  generation: z.int(),
  createdAt: Timestamp,
  device: z.strictObject({ id: z.string(), name: z.string().optional() }),
  digest: z.string(),
  sizeBytes: z.int(),
  accounts: AccountCounts,
  custody: Custody,
  /** `device`: a device sealed it. The service can't read it and counts no accounts. */
  sealedBy: z.enum(["service", "device"]),
  restoredAt: Timestamp.optional(),
});

export const BackupStatus = z.strictObject({
  platform: Platform,
  generation: z.int(),
  etag: z.string(),
  /** The newest version; for a deleted backup, the one that undelete brings back. */
  version: VersionStatus.optional(),
  /** When the owner last signed in; missing if no token has said so yet. */
  confirmedAt: Timestamp.optional(),
  deletedAt: Timestamp.optional(),
  undeletableUntil: Timestamp.optional(),
  staleness: Staleness,
});

export function versionStatus(
  {
    id,
    generation,
    createdAt,
    device,
    digest,
    sizeBytes,
    accounts: { thirdParty, personal, work },
    custody,
    contentType,
    restoredAt,
  }: Version,
  { devices }: Head,
): z.infer<typeof VersionStatus> {
  const name = findDevice(devices, device)?.name;
  return {
    id,
    generation,
    createdAt: createdAt.toISOString(),
    device: { id: device, ...(name && { name }) },
    digest,
    sizeBytes,
    accounts: { thirdParty, personal, work },
    custody,
    sealedBy: contentType === DEVICE_SEALED ? "device" : "service",
    ...(restoredAt && { restoredAt: restoredAt.toISOString() }),
  };
}

export function backupStatus(
  platform: Platform,
  stored: StoredHead,
  { policy, caller, now }: { policy: StalenessPolicy; caller: Caller; now: Date },
): z.infer<typeof BackupStatus> {
  const { value: head } = stored;
  const [newest] = head.versions;
  const confirmedAt = signedInAt(head);
  return {
    platform,
    generation: head.generation,
    etag: stored.etag,
    ...(newest && { version: versionStatus(newest, head) }),
    ...(confirmedAt && { confirmedAt: confirmedAt.toISOString() }),
    ...(head.deletedAt && {
      deletedAt: head.deletedAt.toISOString(),
      undeletableUntil: undeletableUntil(head.deletedAt, policy.undeleteDays).toISOString(),
    }),
    staleness: stalenessStatus(assess(head, caller, policy, now)),
  };
}
