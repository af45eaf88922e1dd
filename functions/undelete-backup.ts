/** POST v1/backups/{platform}/undelete: brings a deleted backup back while it is kept (R30). Safe to repeat. */
import * as z from "zod";
import { planUndelete } from "../lib/domain/backup.ts";
import { Platform } from "../lib/domain/owner.ts";
import { changeBackup } from "../lib/http/backup-change.ts";
import { BackupStatus, backupStatus } from "../lib/http/backup-status.ts";
import { endpoint } from "../lib/http/endpoint.ts";

export const undeleteBackup = endpoint({
  name: "undelete-backup",
  summary: "Bring a deleted backup back",
  method: "POST",
  route: "v1/backups/{platform}/undelete",
  access: "owner",
  tagged: true,
  conditional: true,
  request: { params: z.strictObject({ platform: Platform }) },
  replies: { 200: BackupStatus },
  problems: ["backup-not-found", "undelete-too-late", "vault-unavailable"],
  async handle({ caller, held, params: { platform }, precondition, now }, services) {
    const { staleness } = services.policy;
    const place = { owner: caller.owner, platform };
    const told = { kind: "backup-undeleted" as const, now };
    const stored = await changeBackup(services, { caller, held, place }, told, (latest) =>
      planUndelete(latest, precondition, staleness.undeleteDays, now),
    );
    return {
      status: 200,
      body: backupStatus(platform, stored, { policy: staleness, caller, now }),
      etag: stored.etag,
    };
  },
});
