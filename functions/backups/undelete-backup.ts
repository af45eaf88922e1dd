/** POST v1/backups/{platform}/undelete: brings a deleted backup back in time (R30). Safe to repeat. */
import * as z from "zod";
import { undeleteBackup as undelete } from "../../lib/domain/backup/changes.ts";
import { Platform } from "../../lib/domain/owner.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { BackupStatus, backupStatus } from "../../lib/http/replies/backup-status.ts";

export const undeleteBackup = endpoint({
  name: "undelete-backup",
  summary: "Bring a deleted backup back",
  method: "POST",
  route: "v1/backups/{platform}/undelete",
  access: "owner",
  takes: { precondition: true },
  tagged: true,
  request: { params: z.strictObject({ platform: Platform }) },
  replies: { 200: BackupStatus },
  problems: ["backup-not-found", "undelete-too-late"],
  async handle({ params: { platform }, precondition, ...asking }, services) {
    const { staleness } = services.policy;
    const stored = await undelete(services, asking, { platform, precondition }, staleness.undeleteDays);
    return {
      status: 200,
      body: backupStatus(platform, stored, { policy: staleness, caller: asking.caller, now: asking.now }),
      etag: stored.etag,
    };
  },
});
