/** GET v1/backups/{platform}/versions: the versions that are kept, newest first, without content (R30). */
import * as z from "zod";
import { requireBackup } from "../../lib/domain/backup/backup.ts";
import { Platform } from "../../lib/domain/owner.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { VersionStatus, versionStatus } from "../../lib/http/replies/backup-status.ts";

export const listVersions = endpoint({
  name: "list-versions",
  summary: "The history of a backup",
  method: "GET",
  route: "v1/backups/{platform}/versions",
  access: "owner",
  tagged: true,
  request: { params: z.strictObject({ platform: Platform }) },
  replies: { 200: z.strictObject({ versions: z.array(VersionStatus) }) },
  problems: ["backup-not-found"],
  handle({ heads, params: { platform } }) {
    const stored = requireBackup(heads[platform]);
    const { value: head } = stored;
    return {
      status: 200,
      body: { versions: head.versions.map((each) => versionStatus(each, head)) },
      etag: stored.etag,
    };
  },
});
