/** GET v1/backups/{platform}/document: a quiet read, to merge and stay in step (R44). */
import * as z from "zod";
import { readQuietly, requireReadable } from "../../lib/domain/backup/quiet-read.ts";
import { Platform } from "../../lib/domain/owner.ts";
import { isKnown } from "../../lib/http/headers/known-etags.ts";
import { endpoint, Nothing } from "../../lib/http/pipeline/endpoint.ts";
import { DocumentReply, documentReply, READ_PROBLEMS } from "../../lib/http/replies/document-reply.ts";

export const readDocument = endpoint({
  name: "read-document",
  summary: "Read the current document",
  method: "GET",
  route: "v1/backups/{platform}/document",
  access: "owner",
  takes: { knownEtags: true },
  tagged: true,
  request: { params: z.strictObject({ platform: Platform }) },
  replies: { 200: DocumentReply, 304: Nothing },
  problems: READ_PROBLEMS,
  /** 304 if the caller already has this state: no envelope needed, not counted, not logged. */
  async handle({ params: { platform }, knownEtags, ...asking }, services) {
    const { etag } = requireReadable(asking, platform);
    if (isKnown(etag, knownEtags)) return { status: 304, body: undefined, etag };
    return documentReply(platform, await readQuietly(services, asking, platform, undefined));
  },
});
