/** Problems of backups, recoveries and devices. */
import { entry } from "./problem-entry.ts";

export const backupProblems = {
  "backup-not-found": entry(
    404,
    "after-change",
    "There is no backup.",
    "Ask for its staleness, or upload a backup.",
  ),
  "device-not-found": entry(404, "never", "There is no such device.", "List the devices (GET v1/devices)."),
  "accounts-overlap": entry(
    409,
    "after-change",
    "The device already has some of these accounts.",
    "Remove the accounts that `overlapping` points at from the device, or recover with `overlap: keep-existing`. " +
      "Where `askAgainWith` stands, send the `fingerprint` of each account of the device first: those that only share a name don't overlap.",
  ),
  "recovery-not-found": entry(
    404,
    "after-change",
    "There is no such recovery on this device.",
    "Recover on this device (POST v1/recoveries).",
  ),
  "plan-outdated": entry(
    409,
    "after-change",
    "The backup changed since the plan was made.",
    "Show the owner the new `plan`, then recover with its id.",
  ),
  "cross-platform-denied": entry(
    409,
    "never",
    "A backup of the other platform can't be recovered here.",
    "Recover on a device of the platform that made the backup.",
  ),
  "recovery-ended": entry(
    410,
    "never",
    "The recovery has ended.",
    "Recover again (POST v1/recoveries), with another `Idempotency-Key`.",
  ),
  "backup-unreadable": entry(
    409,
    "never",
    "The backup can't be opened.",
    "Nothing was changed. Tell the people who run the service; a copy on another device is still good.",
  ),
  "recovery-required": entry(
    403,
    "after-change",
    "This device has neither uploaded nor recovered a backup yet.",
    "Let the owner sign in again and recover on this device (POST v1/recoveries). From then on it may read.",
  ),
  "stale-precondition": entry(
    412,
    "after-change",
    "The backup changed since.",
    "Repeat with the ETag that it has now. If `generation` is another than you know, merge its content first.",
  ),
  "idempotency-key-reused": entry(
    422,
    "after-change",
    "This Idempotency-Key belongs to another request.",
    "Use a new key for each new document.",
  ),
  "precondition-required": entry(
    428,
    "after-change",
    "The request must say what it replaces.",
    "Send `If-Match` with the ETag of the backup's status, or `If-None-Match: *` if there is none yet.",
  ),
  "too-many-recoveries": entry(
    429,
    "as-is",
    "Too many recoveries in a short time.",
    "Wait as Retry-After says.",
  ),
  "too-many-reads": entry(
    429,
    "as-is",
    "This device has read too often today.",
    "Wait as Retry-After says; meanwhile ask with `If-None-Match`, which costs nothing while the backup is the same.",
  ),
  "envelope-required": entry(
    409,
    "after-change",
    "The sealed copy is in the owner's own keeping.",
    "Fetch the envelope from where the app put it, such as the owner's cloud drive, and send it as `envelope`.",
  ),
  "envelope-outdated": entry(
    409,
    "after-change",
    "The envelope is that of a former version.",
    "Send the newest one (`generation`), or restore the version that the owner still has an envelope of.",
  ),
  "envelope-unreadable": entry(
    409,
    "after-change",
    "The envelope can't be opened.",
    "Fetch the newest one again, whole: it may be damaged, or too old to be known any more. The drive's history may have a good copy.",
  ),
  "not-in-this-mode": entry(
    409,
    "never",
    "The service can't read this backup.",
    "The device sealed it: recover it, and let the app decide what to restore.",
  ),
  "undelete-too-late": entry(
    410,
    "after-change",
    "The deleted backup isn't kept any more.",
    "Upload a backup: what other devices still have is all that is left.",
  ),
  "erasure-begun": entry(
    410,
    "after-change",
    "Everything is erased.",
    "Upload a backup: what the devices still have is all that is left.",
  ),
  "version-not-found": entry(
    404,
    "after-change",
    "There is no such version of this backup.",
    "List the versions (GET v1/backups/{platform}/versions).",
  ),
} as const;
