/** Announcements and letters, and the one queue for everything to be logged and sent. */
import * as z from "zod";
import { Addressee, addresseesIn, Recipient } from "../contacts/contact.ts";
import type { AlarmDevice } from "../device.ts";
import { newId } from "../id.ts";
import { loose } from "../loose.ts";
import type { OwnerRecord } from "../owner/owner-record.ts";
import type { OwnerId } from "../owner.ts";
import { Activity, type ActivityKind } from "./activity.ts";

/**
 * Something happened: it goes into the activity log, and to these people. `eraseAt`, `revokeAt`: until when
 * an erasure can be taken back, or a device object to its revocation.
 */
export const Announcement = loose({
  type: z.literal("announcement"),
  activity: Activity,
  recipients: z.array(Addressee),
  eraseAt: z.coerce.date().optional(),
  revokeAt: z.coerce.date().optional(),
});
export type Announcement = z.infer<typeof Announcement>;

/** What can be told to people: lib/texts has a text for each. */
export const LetterKind = z.enum([
  "code",
  "recovered",
  "recovery-requested",
  "device-registered",
  "device-returned",
  "device-displaced",
  "device-repudiated",
  "device-revoked",
  "device-suspended",
  "plan-requested",
  "credential-issued",
  "contact-added",
  "contact-removed",
  "contact-changed",
  "code-entered",
  "exported",
  "backup-deleted",
  "backup-shrunk",
  "account-moved",
  "credentials-ended",
  "backup-stale",
  "erasure-requested",
  "erased",
]);
export type LetterKind = z.infer<typeof LetterKind>;

/** How long an alarm is tried. */
export const ALARM_DAYS = 3;

/** What the last letter to an owner tells of the days before the erasure. */
export const HappenedKind = z.enum(["recovered", "device-registered", "exported", "contact-removed"]);
export type HappenedKind = z.infer<typeof HappenedKind>;

/** How often, and when last. */
const Happened = loose({ kind: HappenedKind, times: z.int().min(1), last: z.coerce.date() });
export type Happened = z.infer<typeof Happened>;

/**
 * One text to one person. `until`: it says nothing useful later. `paid`: it is counted in the day's budget of
 * its number's country.
 */
export const Letter = loose({
  type: z.literal("letter"),
  id: z.string(),
  to: Recipient,
  kind: LetterKind,
  at: z.coerce.date(),
  until: z.coerce.date(),
  code: z.string().optional(),
  link: z.string().optional(),
  deviceName: z.string().optional(),
  eraseAt: z.coerce.date().optional(),
  revokeAt: z.coerce.date().optional(),
  before: z.array(Happened).optional(),
  paid: z.boolean().optional(),
  tries: z.int().min(0),
});
export type Letter = z.infer<typeof Letter>;

/**
 * What is only to be logged; an item of its own, so that neither the log nor the letters wait for the other.
 */
const LogEntry = loose({ type: z.literal("log-entry"), activity: Activity });

export const OutboxItem = z.union([Announcement, LogEntry, Letter]);
export type OutboxItem = z.infer<typeof OutboxItem>;

/**
 * Whether people must hear of it even if the owner is erased meanwhile. A code is good for nothing then, and
 * what is only logged goes with the log.
 */
export const outlivesOwner = (item: OutboxItem): boolean =>
  item.type === "announcement" ? item.recipients.length > 0 : item.type === "letter" && item.kind !== "code";

export interface Outbox {
  /** Kept until it is done, whatever fails meanwhile. `delaySeconds`: nobody looks at it before. */
  put(owner: OwnerId, item: OutboxItem, delaySeconds?: number): Promise<void>;
}

/** `id`: the same for a request that is repeated, so that it is told once. */
type Happening = {
  device?: Pick<AlarmDevice, "id" | "name">;
  recovery?: string | undefined;
  eraseAt?: Date;
  revokeAt?: Date;
  now: Date;
  id?: string;
};
/** What people are told has a letter; the rest is only logged. */
type ToldKind = Extract<ActivityKind, LetterKind>;
type Telling = Happening &
  ({ kind: ToldKind; recipients: Addressee[] } | { kind: ActivityKind; recipients: never[] });

export const announce = (
  outbox: Outbox,
  owner: OwnerId,
  { kind, device, recovery, recipients, eraseAt, revokeAt, now, id = newId() }: Telling,
): Promise<void> =>
  outbox.put(owner, {
    type: "announcement",
    activity: {
      id,
      kind,
      at: now,
      ...(device && { device: { id: device.id, name: device.name } }),
      ...(recovery && { recovery }),
    },
    recipients,
    ...(eraseAt && { eraseAt }),
    ...(revokeAt && { revokeAt }),
  });

/** Announces what a device did to all contacts of its owner. */
export const alarm = (
  outbox: Outbox,
  owner: OwnerId,
  { record, device, now, ...told }: Happening & { kind: ToldKind; device: AlarmDevice; record: OwnerRecord },
): Promise<void> =>
  announce(outbox, owner, { ...told, device, recipients: addresseesIn(record, device, now), now });
