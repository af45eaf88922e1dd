/** GET v1/activity: the activity log, newest first, and whether it is intact (R35). */
import * as z from "zod";
import { ActivityKind, listActivity as list } from "../../lib/domain/messages/activity.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { Timestamp } from "../../lib/http/replies/backup-status.ts";

/** `before`: `next` of the former page; without it, the newest page. */
const Query = z.strictObject({
  before: z
    .string()
    .regex(/^\d{1,7}$/, "must be the `next` of a former answer")
    .transform(Number)
    .optional(),
});

const Entry = z.strictObject({
  kind: ActivityKind,
  at: Timestamp,
  device: z.strictObject({ id: z.string(), name: z.string() }).optional(),
  recovery: z.string().optional(),
});

/** `intact`: false if entries are missing or changed; `entries` then holds those before the damage. */
const Page = z.strictObject({ entries: z.array(Entry), intact: z.boolean(), next: z.int().optional() });

export const listActivity = endpoint({
  name: "list-activity",
  summary: "The owner's activity log",
  method: "GET",
  route: "v1/activity",
  access: "owner",
  request: { query: Query },
  replies: { 200: Page },
  async handle({ caller, query }, services) {
    const { entries, intact, next } = await list(services, caller.owner, query.before);
    return {
      status: 200,
      body: {
        entries: entries.map(({ id: _, at, ...rest }) => ({ at: at.toISOString(), ...rest })),
        intact,
        ...(next !== undefined && { next }),
      },
    };
  },
});
