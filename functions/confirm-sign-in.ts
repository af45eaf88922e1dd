/** POST v1/backups/{platform}/confirm: the owner has signed in to the recovery account again, so the backup isn't stale for that (R28). */
import * as z from "zod";
import { etagOf } from "../lib/domain/backup.ts";
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
  async handle({ caller, heads, params: { platform }, precondition, now }, services) {
    const place = { owner: caller.owner, platform };
    const changing = { caller, store: services.heads, place, now };
    const { stored } = await changeAs(changing, heads[platform], (held) =>
      planConfirmation(held, precondition, { ...caller, policy: services.policy.staleness, now }),
    );
    return {
      status: 200,
      body: backupStatus(platform, stored, { policy: services.policy.staleness, caller, now }),
      etag: etagOf(stored),
    };
  },
});
