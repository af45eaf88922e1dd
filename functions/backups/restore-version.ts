/** POST v1/backups/{platform}/versions/{versionId}/restore: makes a former version current (R30). */
import * as z from "zod";
import { restoreVersion as restore } from "../../lib/domain/backup/changes.ts";
import { Id } from "../../lib/domain/id.ts";
import { Platform } from "../../lib/domain/owner.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { BackupStatus, backupStatus } from "../../lib/http/replies/backup-status.ts";

/** The restored version gets a new generation. */
export const restoreVersion = endpoint({
  name: "restore-version",
  summary: "Make a former version current",
  method: "POST",
  route: "v1/backups/{platform}/versions/{versionId}/restore",
  access: "owner",
  takes: { precondition: true },
  tagged: true,
  request: { params: z.strictObject({ platform: Platform, versionId: Id }) },
  replies: { 200: BackupStatus },
  problems: ["backup-not-found", "version-not-found"],
  async handle({ params: { platform, versionId }, precondition, ...asking }, services) {
    const { staleness, historyLength } = services.policy;
    const target = { platform, precondition, versionId };
    const stored = await restore(services, asking, target, historyLength);
    return {
      status: 200,
      body: backupStatus(platform, stored, { policy: staleness, caller: asking.caller, now: asking.now }),
      etag: stored.etag,
    };
  },
});
