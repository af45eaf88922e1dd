/** GET v1/backups/{platform}/staleness: whether the backup can be relied on, and what to do (R26, R27). */
import * as z from "zod";
import { assess } from "../../lib/domain/backup/staleness.ts";
import { Platform } from "../../lib/domain/owner.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { Staleness, stalenessStatus } from "../../lib/http/replies/backup-status.ts";

/** The device's memory of its last upload or recovery; a service that knows less was rolled back. */
const Remembered = z
  .strictObject({
    generation: z
      .string()
      .regex(/^\d{1,9}$/, "must be a whole number")
      .transform(Number)
      .optional(),
    digest: z
      .string()
      .regex(/^[\w-]{43}$/, "must be a digest: 43 characters of base64url")
      .optional(),
  })
  .refine(({ generation, digest }) => digest === undefined || generation !== undefined, {
    path: ["digest"],
    error: "must come with the generation that it belongs to",
  });

export const checkStaleness = endpoint({
  name: "check-staleness",
  summary: "Whether the backup can be relied on",
  method: "GET",
  route: "v1/backups/{platform}/staleness",
  access: "owner",
  tagged: true,
  request: { params: z.strictObject({ platform: Platform }), query: Remembered },
  replies: {
    200: Staleness.extend({
      generation: z.int(),
      digest: z.string().optional(),
      etag: z.string().optional(),
    }),
  },
  handle({ caller, heads, params: { platform }, query, now }, { policy }) {
    const stored = heads[platform];
    const [newest] = stored?.value.versions ?? [];
    return {
      status: 200,
      body: {
        ...stalenessStatus(assess(stored?.value, { ...query, ...caller }, policy.staleness, now)),
        generation: stored?.value.generation ?? 0,
        ...(newest && { digest: newest.digest }),
        ...(stored && { etag: stored.etag }),
      },
      etag: stored?.etag,
    };
  },
});
