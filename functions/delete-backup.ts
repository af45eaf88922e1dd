/** DELETE v1/backups/{platform}: turns backup off (R6). What was stored is kept for a while, in case it was a mistake (R30). */
import * as z from "zod";
import { planDeletion } from "../lib/domain/backup.ts";
import { Platform } from "../lib/domain/owner.ts";
import { changeBackup } from "../lib/http/backup-change.ts";
import { BackupStatus, backupStatus } from "../lib/http/backup-status.ts";
import { endpoint } from "../lib/http/endpoint.ts";

export const deleteBackup = endpoint({
  name: "delete-backup",
  summary: "Turn backup off",
  method: "DELETE",
  route: "v1/backups/{platform}",
  access: "owner",
  tagged: true,
  conditional: true,
  request: { params: z.strictObject({ platform: Platform }) },
  replies: { 200: BackupStatus },
  problems: ["backup-not-found", "vault-unavailable"],
  async handle({ caller, held, params: { platform }, precondition, now }, services) {
    const place = { owner: caller.owner, platform };
    const told = { kind: "backup-deleted" as const, now };
    const stored = await changeBackup(services, { caller, held, place }, told, (latest) =>
      planDeletion(latest, precondition, now),
    );
    return {
      status: 200,
      body: backupStatus(platform, stored, { policy: services.policy.staleness, caller, now }),
      etag: stored.etag,
    };
  },
});
