/** POST v1/backups/{platform}/confirm: a fresh sign-in to the recovery account clears that reason (R28). */
import * as z from "zod";
import { confirmSignIn as confirm } from "../../lib/domain/backup/changes.ts";
import { Platform } from "../../lib/domain/owner.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { BackupStatus, backupStatus } from "../../lib/http/replies/backup-status.ts";

export const confirmSignIn = endpoint({
  name: "confirm-sign-in",
  summary: "Confirm the recovery account by a fresh sign-in",
  method: "POST",
  route: "v1/backups/{platform}/confirm",
  access: "owner-fresh",
  takes: { precondition: true },
  tagged: true,
  request: { params: z.strictObject({ platform: Platform }) },
  replies: { 200: BackupStatus },
  problems: ["backup-not-found"],
  async handle({ params: { platform }, precondition, ...asking }, services) {
    const { staleness } = services.policy;
    const stored = await confirm(services, asking, { platform, precondition }, staleness);
    return {
      status: 200,
      body: backupStatus(platform, stored, { policy: staleness, caller: asking.caller, now: asking.now }),
      etag: stored.etag,
    };
  },
});
