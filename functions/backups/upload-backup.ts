/** PUT v1/backups/{platform}: seals a document as the new generation, if the precondition holds (R7). */
import * as z from "zod";
import { currentVersion } from "../../lib/domain/backup/backup.ts";
import { defaultCustody } from "../../lib/domain/backup/custody.ts";
import { BackupDocument } from "../../lib/domain/backup/document.ts";
import { Custody, signedInAt } from "../../lib/domain/backup/head.ts";
import { type Offered, uploadBackup as upload } from "../../lib/domain/backup/upload.ts";
import { defaultName } from "../../lib/domain/device.ts";
import { Failure } from "../../lib/domain/failure.ts";
import { Platform } from "../../lib/domain/owner.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { VersionStatus, versionStatus } from "../../lib/http/replies/backup-status.ts";

/** Problems that the owner can't solve on the phone. */
const WARNINGS = ["sign-in-time-unknown"] as const;

/**
 * `current`: false if a later upload has replaced the one that this request repeats; then there is no ETag.
 * `etag`: as in the header, for clients that can't read headers. `envelope`: the app stores it (client
 * custody); the service has no copy. `warnings`: why this backup can't be recovered yet: no token ever said
 * when the owner signed in.
 */
const Receipt = z.strictObject({
  platform: Platform,
  current: z.boolean(),
  etag: z.string().optional(),
  version: VersionStatus,
  envelope: z.string().optional(),
  warnings: z.array(z.enum(WARNINGS)).optional(),
});

export const uploadBackup = endpoint({
  name: "upload-backup",
  summary: "Upload a backup",
  method: "PUT",
  route: "v1/backups/{platform}",
  access: "owner",
  devices: "any",
  takes: { precondition: true, idempotencyKey: true, deviceName: true, jwe: true },
  startsAtHand: true,
  tagged: true,
  notesRefusals: true,
  request: {
    params: z.strictObject({ platform: Platform }),
    query: z.strictObject({ custody: Custody.optional() }),
    body: BackupDocument.optional(),
  },
  replies: { 200: Receipt, 201: Receipt },
  problems: ["device-unknown", "device-suspended"],
  async handle({ params: { platform }, query, body, jwe, ...asking }, services) {
    const { precondition, idempotencyKey, deviceName = defaultName[platform] } = asking;
    const { custody = defaultCustody[platform] } = query;
    const offered = offeredBy(body, jwe);
    const request = { offered, deviceName, custody, precondition, idempotencyKey };
    const uploaded = await upload(services, asking, platform, request, services.policy);
    const { version, stored, envelope, reopened } = uploaded;
    const current = currentVersion(stored.value)?.id === version.id;
    return {
      status: precondition === "nothing" ? 201 : 200,
      body: {
        platform,
        current,
        version: versionStatus(version, stored.value),
        ...(current && { etag: stored.etag }),
        ...(envelope !== undefined && { envelope }),
        ...(signedInAt(stored.value) === undefined && { warnings: [...WARNINGS] }),
      },
      ...(current && { etag: stored.etag }),
      reopened,
    };
  },
});

function offeredBy(document: BackupDocument | undefined, jwe: string | undefined): Offered {
  if (jwe !== undefined) return { sealed: jwe };
  if (document) return { document };
  throw new Failure("body-required", "The request has no body.");
}
