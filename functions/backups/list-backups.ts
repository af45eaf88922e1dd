/** GET v1/backups: the status of each of the owner's backups. */
import * as z from "zod";
import { hasBackup } from "../../lib/domain/backup/backup.ts";
import { Platform } from "../../lib/domain/owner.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { BackupStatus, backupStatus } from "../../lib/http/replies/backup-status.ts";

export const listBackups = endpoint({
  name: "list-backups",
  summary: "The status of all backups",
  method: "GET",
  route: "v1/backups",
  access: "owner",
  replies: { 200: z.strictObject({ backups: z.array(BackupStatus) }) },
  handle({ caller, heads, now }, { policy }) {
    const backups = Platform.options.flatMap((platform) => {
      const stored = heads[platform];
      return hasBackup(stored)
        ? [backupStatus(platform, stored, { policy: policy.staleness, caller, now })]
        : [];
    });
    return { status: 200, body: { backups } };
  },
});
