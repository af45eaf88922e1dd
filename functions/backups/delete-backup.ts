/** DELETE v1/backups/{platform}: turns backup off; the backup can be undeleted for a while (R6, R30). */
import * as z from "zod";
import { deleteBackup as remove } from "../../lib/domain/backup/changes.ts";
import { Platform } from "../../lib/domain/owner.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { BackupStatus, backupStatus } from "../../lib/http/replies/backup-status.ts";

export const deleteBackup = endpoint({
  name: "delete-backup",
  summary: "Turn backup off",
  method: "DELETE",
  route: "v1/backups/{platform}",
  access: "owner",
  takes: { precondition: true },
  tagged: true,
  request: { params: z.strictObject({ platform: Platform }) },
  replies: { 200: BackupStatus },
  problems: ["backup-not-found"],
  async handle({ params: { platform }, precondition, ...asking }, services) {
    const { staleness } = services.policy;
    const stored = await remove(services, asking, { platform, precondition });
    return {
      status: 200,
      body: backupStatus(platform, stored, { policy: staleness, caller: asking.caller, now: asking.now }),
      etag: stored.etag,
    };
  },
});
