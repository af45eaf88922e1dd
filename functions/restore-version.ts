/** POST v1/backups/{platform}/versions/{versionId}/restore: makes a former version current, as a new generation (R30). */
import * as z from "zod";
import { planRestore } from "../lib/domain/backup.ts";
import { Id } from "../lib/domain/id.ts";
import { Platform } from "../lib/domain/owner.ts";
import { changeBackup } from "../lib/http/backup-change.ts";
import { BackupStatus, backupStatus } from "../lib/http/backup-status.ts";
import { endpoint } from "../lib/http/endpoint.ts";

export const restoreVersion = endpoint({
  name: "restore-version",
  summary: "Make a former version current",
  method: "POST",
  route: "v1/backups/{platform}/versions/{versionId}/restore",
  access: "owner",
  tagged: true,
  conditional: true,
  request: { params: z.strictObject({ platform: Platform, versionId: Id }) },
  replies: { 200: BackupStatus },
  problems: ["backup-not-found", "version-not-found", "vault-unavailable"],
  async handle({ caller, held, params: { platform, versionId }, precondition, now }, services) {
    const { staleness, historyLength } = services.policy;
    const place = { owner: caller.owner, platform };
    const told = { kind: "version-restored" as const, now };
    const stored = await changeBackup(services, { caller, held, place }, told, (latest) =>
      planRestore(latest, precondition, { versionId, historyLength, now }),
    );
    return {
      status: 200,
      body: backupStatus(platform, stored, { policy: staleness, caller, now }),
      etag: stored.etag,
    };
  },
});
