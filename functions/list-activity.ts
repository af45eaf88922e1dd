/** GET v1/activity: what happened, newest first, and whether the log is whole (R35). */
import * as z from "zod";
import { ActivityKind } from "../lib/domain/activity.ts";
import { Timestamp } from "../lib/http/backup-status.ts";
import { endpoint } from "../lib/http/endpoint.ts";

const PAGE = 100;

/** `before`: the number that the former page said; the newest page if left out. */
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

/** `intact`: false if entries are missing or changed; then `entries` has those before the damage. */
const Page = z.strictObject({ entries: z.array(Entry), intact: z.boolean(), next: z.int().optional() });

export const listActivity = endpoint({
  name: "list-activity",
  summary: "The owner's activity log",
  method: "GET",
  route: "v1/activity",
  access: "owner",
  request: { query: Query },
  replies: { 200: Page },
  problems: ["vault-unavailable"],
  async handle({ caller, query }, { activity }) {
    const { entries, intact } = await activity.read(caller.owner);
    const end = Math.min(query.before ?? entries.length, entries.length);
    const start = Math.max(0, end - PAGE);
    // What is told to people is written down a moment later than what isn't.
    const shown = entries
      .slice(start, end)
      .toReversed()
      .toSorted((a, b) => Number(b.at) - Number(a.at));
    return {
      status: 200,
      body: {
        entries: shown.map(({ id: _, at, ...rest }) => ({ at: at.toISOString(), ...rest })),
        intact,
        ...(start > 0 && { next: start }),
      },
    };
  },
});
