/** GET v1/backups/{platform}: the status of one backup, never its content. */
import * as z from "zod";
import { requireBackup } from "../../lib/domain/backup/backup.ts";
import { Platform } from "../../lib/domain/owner.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { BackupStatus, backupStatus } from "../../lib/http/replies/backup-status.ts";

export const getBackup = endpoint({
  name: "get-backup",
  summary: "The status of one backup",
  method: "GET",
  route: "v1/backups/{platform}",
  access: "owner",
  tagged: true,
  request: { params: z.strictObject({ platform: Platform }) },
  replies: { 200: BackupStatus },
  problems: ["backup-not-found"],
  handle({ caller, heads, params: { platform }, now }, { policy }) {
    const stored = requireBackup(heads[platform]);
    return {
      status: 200,
      body: backupStatus(platform, stored, { policy: policy.staleness, caller, now }),
      etag: stored.etag,
    };
  },
});
