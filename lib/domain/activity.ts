/** The owner's activity log: entries sealed one after the other, each naming the one before it, so that none can be changed, moved or taken out. */
import * as z from "zod";
import { loose } from "./loose.ts";
import { DeviceId, type OwnerId, sha256 } from "./owner.ts";
import type { Store } from "./store.ts";

export const ACTIVITIES = [
  "plan-requested",
  "recovered",
  "recovery-requested",
  "device-registered",
  "device-returned",
  "device-displaced",
  "device-revoked",
  "device-repudiated",
  "credential-issued",
  "step-up-failed",
  "contact-added",
  "contact-removed",
  "contact-changed",
  "document-read",
  "exported",
  "backup-deleted",
  "backup-undeleted",
  "version-restored",
  "account-moved",
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
  /** Whose doing it was; only ever one of the owner's own. */
  device: loose({ id: DeviceId, name: z.string() }).optional(),
  recovery: z.string().optional(),
});
export type Activity = z.infer<typeof Activity>;

/** How far the log is known to reach: its length in bytes, the digest of its last line, the last entries' ids. */
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

/** `life`: another one after each erasure, so that nothing of the one before is ever in the way. */
export type OfLife = { owner: OwnerId; life: string };
export type AnchorStore = Store<OfLife, Anchor>;

/** `intact`: false if lines are missing, changed, or not this owner's; then only those before the damage are there. */
export type ActivityPage = { entries: Activity[]; intact: boolean };

export interface ActivityLog {
  /**
   * Stands at the end of the log once and for all; an entry with the same id is written once. Of what happened before its owner was
   * erased, nothing is written any more (R35).
   */
  append(owner: OwnerId, activity: Activity): Promise<void>;
  read(owner: OwnerId): Promise<ActivityPage>;
}
