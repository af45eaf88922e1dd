/** POST v1/backups/{platform}/document: a quiet read with client custody, by the envelope (R44). */
import * as z from "zod";
import { readQuietly } from "../../lib/domain/backup/quiet-read.ts";
import { Platform } from "../../lib/domain/owner.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { DocumentReply, documentReply, READ_PROBLEMS } from "../../lib/http/replies/document-reply.ts";

export const openDocument = endpoint({
  name: "open-document",
  summary: "Read the current document by its envelope",
  method: "POST",
  route: "v1/backups/{platform}/document",
  access: "owner",
  takes: { envelope: true },
  tagged: true,
  request: {
    params: z.strictObject({ platform: Platform }),
    body: z.strictObject({ envelope: z.string() }),
  },
  replies: { 200: DocumentReply },
  problems: READ_PROBLEMS,
  async handle({ params: { platform }, body: { envelope }, ...asking }, services) {
    return documentReply(platform, await readQuietly(services, asking, platform, envelope));
  },
});
