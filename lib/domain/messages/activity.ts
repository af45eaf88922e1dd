/** The owner's activity log: sealed entries, each naming the one before, so that any change or gap shows. */
import * as z from "zod";
import { sha256 } from "../hash.ts";
import { loose } from "../loose.ts";
import { DeviceId, type OwnerId } from "../owner.ts";
import type { Store } from "../store.ts";

export const ACTIVITIES = [
  "plan-requested",
  "recovered",
  "recovery-requested",
  "device-registered",
  "device-returned",
  "device-displaced",
  "device-revoked",
  "device-suspended",
  "device-repudiated",
  "credential-issued",
  "step-up-failed",
  "contact-added",
  "contact-removed",
  "contact-changed",
  "code-entered",
  "document-read",
  "exported",
  "backup-deleted",
  "backup-shrunk",
  "backup-undeleted",
  "version-restored",
  "account-moved",
  "credentials-ended",
  "backup-stale",
  "erasure-requested",
] as const;
export const ActivityKind = z.enum(ACTIVITIES);
export type ActivityKind = z.infer<typeof ActivityKind>;

/** What happened. No account and no contact is named. */
export const Activity = loose({
  id: z.string(),
  kind: ActivityKind,
  at: z.coerce.date(),
  /** The device that did it, always one of the owner's own. */
  device: loose({ id: DeviceId, name: z.string() }).optional(),
  recovery: z.string().optional(),
});
export type Activity = z.infer<typeof Activity>;

/**
 * How far the log is known to reach: its length in bytes, the digest of its last line, the last entries' ids.
 */
export const Anchor = loose({
  length: z.int().min(0),
  tip: z.string(),
  recent: z.array(z.string()),
});
export type Anchor = z.infer<typeof Anchor>;

export const emptyLog: Anchor = { length: 0, tip: "", recent: [] };
const RECENT = 50;

/** The anchor once this line stands at the end. */
export const anchorAfter = (anchor: Anchor, line: string, { id }: Activity): Anchor => ({
  length: anchor.length + line.length,
  tip: sha256(line),
  recent: [id, ...anchor.recent].slice(0, RECENT),
});

/** `incarnation`: another one after each erasure, so that the log begins anew. */
export type OfIncarnation = { owner: OwnerId; incarnation: string };
export type AnchorStore = Store<OfIncarnation, Anchor>;

/**
 * `intact`: false if lines are missing, changed, or not this owner's; then only those before the damage are
 * there.
 */
export type ActivityPage = { entries: Activity[]; intact: boolean };

export interface ActivityLog {
  /**
   * Once it returns, the entry stands in the log for good. Writes an id once, and nothing that happened before
   * the owner was erased (R35).
   */
  append(owner: OwnerId, activity: Activity): Promise<void>;
  read(owner: OwnerId): Promise<ActivityPage>;
}

const PAGE = 100;

/** The newest first. `before`: what the former page said as `next`; the newest page without it. */
export async function listActivity(
  { activity }: { activity: ActivityLog },
  owner: OwnerId,
  before = Number.POSITIVE_INFINITY,
): Promise<ActivityPage & { next: number | undefined }> {
  const { entries, intact } = await activity.read(owner);
  const end = Math.min(before, entries.length);
  const start = Math.max(0, end - PAGE);
  // An entry that people are told of is written a moment later than one that is only logged.
  const shown = entries
    .slice(start, end)
    .toReversed()
    .toSorted((a, b) => Number(b.at) - Number(a.at));
  return { entries: shown, intact, next: start > 0 ? start : undefined };
}
