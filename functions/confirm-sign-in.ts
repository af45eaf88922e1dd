/** POST v1/backups/{platform}/confirm: the owner has signed in to the recovery account again, so the backup isn't stale for that (R28). */
import * as z from "zod";
import { planConfirmation } from "../lib/domain/notice.ts";
import { Platform } from "../lib/domain/owner.ts";
import { changeAs } from "../lib/http/admit.ts";
import { BackupStatus, backupStatus } from "../lib/http/backup-status.ts";
import { endpoint } from "../lib/http/endpoint.ts";

export const confirmSignIn = endpoint({
  name: "confirm-sign-in",
  summary: "Confirm the recovery account by a fresh sign-in",
  method: "POST",
  route: "v1/backups/{platform}/confirm",
  access: "owner-fresh",
  tagged: true,
  conditional: true,
  request: { params: z.strictObject({ platform: Platform }) },
  replies: { 200: BackupStatus },
  problems: ["backup-not-found"],
  async handle({ caller, held, params: { platform }, precondition, now }, services) {
    const place = { owner: caller.owner, platform };
    const changing = { caller, owners: services.owners, place, now };
    const { stored } = await changeAs(changing, held, (latest) =>
      planConfirmation(latest, precondition, { ...caller, policy: services.policy.staleness, now }),
    );
    return {
      status: 200,
      body: backupStatus(platform, stored, { policy: services.policy.staleness, caller, now }),
      etag: stored.etag,
    };
  },
});
