/** PUT v1/backups/{platform}: seals a document as the new generation of the backup, if the caller knows the present one. */
import * as z from "zod";
import { currentVersion } from "../lib/domain/backup.ts";
import { BackupDocument } from "../lib/domain/backup-document.ts";
import { defaultName } from "../lib/domain/device.ts";
import { Platform } from "../lib/domain/owner.ts";
import { prepareUpload, storeUpload } from "../lib/domain/upload.ts";
import { devicesOf, requireOwnPlatform } from "../lib/http/admit.ts";
import { VersionStatus, versionStatus } from "../lib/http/backup-status.ts";
import { endpoint } from "../lib/http/endpoint.ts";

/** `current`: false if this repeats an upload that another one has replaced since; there is no ETag then. */
const Receipt = z.strictObject({ platform: Platform, current: z.boolean(), version: VersionStatus });

export const uploadBackup = endpoint({
  name: "upload-backup",
  summary: "Upload a backup",
  method: "PUT",
  route: "v1/backups/{platform}",
  access: "owner",
  newcomers: true,
  conditional: true,
  request: { params: z.strictObject({ platform: Platform }), body: BackupDocument },
  replies: { 200: Receipt, 201: Receipt },
  problems: ["device-unknown", "idempotency-key-reused", "vault-unavailable"],
  async handle({ caller, heads, params: { platform }, body, precondition, idempotencyKey, now }, services) {
    const held = heads[platform];
    const all = devicesOf(heads);
    requireOwnPlatform(caller, heads, platform);
    const deviceName = defaultName[platform];
    const upload = prepareUpload(body, { caller, deviceName, precondition, idempotencyKey, now });
    const rules = { ownerIsNew: all.length === 0, historyLength: services.policy.historyLength };
    const place = { owner: caller.owner, platform };
    const { version, stored } = await storeUpload(services, place, held, upload, rules);
    const current = currentVersion(stored.value)?.id === version.id;
    return {
      status: precondition === "nothing" ? 201 : 200,
      body: { platform, current, version: versionStatus(version, stored.value) },
      ...(current && { etag: stored.etag }),
    };
  },
});
