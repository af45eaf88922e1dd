/** Staleness: whether a backup can be relied on, why not, and what to do (R26-R28). Pure. */

import { DAY, later } from "../clock.ts";
import { isActive } from "../device.ts";
import { currentVersion, isPurged, undeletableUntil } from "./backup.ts";
import { type Head, signedInAt } from "./head.ts";

export const BACKUP_STATES = ["fresh", "aging", "stale", "missing", "deleted"] as const;
export type BackupState = (typeof BACKUP_STATES)[number];

/**
 * By weight: the first reason that holds decides the next step. `purged`: deleted, and too late to undelete.
 * `sign-in-time-unknown`: no token ever said when the owner signed in, and a recovery needs that.
 */
export const STALENESS_REASONS = [
  "rolled-back",
  "key-retired",
  "sign-in-too-old",
  "upload-too-old",
  "uploads-refused",
  "sign-in-time-unknown",
  "sign-in-aging",
  "upload-aging",
  "never-uploaded",
  "deleted",
  "purged",
] as const;
export type StalenessReason = (typeof STALENESS_REASONS)[number];

export const INDICATORS = ["none", "dot", "exclamation"] as const;
type Indicator = (typeof INDICATORS)[number];

export const NEXT_STEPS = ["upload", "sign-in", "undelete", "none"] as const;
type NextStep = (typeof NEXT_STEPS)[number];

export type Assessment = {
  state: BackupState;
  reasons: StalenessReason[];
  indicator: Indicator;
  nextStep: NextStep;
  /** Set if uploads are refused. */
  refusedSince?: Date;
};

/** All in days, except the ids of retired key versions. */
export type StalenessPolicy = {
  signInAgingDays: number;
  signInStaleDays: number;
  uploadAgingDays: number;
  uploadStaleDays: number;
  undeleteDays: number;
  retiredKeyIds: string[];
};

/**
 * The device's memory of its last contact; if it is newer than the stored state, the service was rolled back.
 */
export type Remembered = { generation?: number | undefined; digest?: string | undefined };

/**
 * `device`: the asking device; its own refused uploads concern it longer than those of others. `authTime`:
 * its token's sign-in, which counts if no earlier one is known.
 */
type AskingDevice = Remembered & { device?: string; authTime?: Date | undefined };

const nextStepOf = {
  "rolled-back": "upload",
  "key-retired": "upload",
  "sign-in-too-old": "sign-in",
  "upload-too-old": "upload",
  "uploads-refused": "upload",
  // Only the operators can mend it.
  "sign-in-time-unknown": "none",
  "sign-in-aging": "sign-in",
  "upload-aging": "upload",
  "never-uploaded": "upload",
  deleted: "undelete",
  purged: "upload",
} as const satisfies Record<StalenessReason, NextStep>;

/** Somebody must act, in any state. */
const ALARMING: StalenessReason[] = ["rolled-back", "uploads-refused"];
/** The stored backup is still reliable, but no longer up to date, or not for long. */
const AGING: StalenessReason[] = ["uploads-refused", "sign-in-aging", "upload-aging"];

export function assess(
  head: Head | undefined,
  { device, authTime, ...remembered }: AskingDevice,
  policy: StalenessPolicy,
  now: Date,
): Assessment {
  const refusedSince = head && uploadsRefusedSince(head, device);
  const found = [...rollBack(head, remembered), ...reasonsOf(head, authTime, policy, now)];
  const reasons = refusedSince ? inOrder([...found, "uploads-refused"]) : found;
  const state = stateOf(head, reasons);
  const [first] = reasons;
  return {
    state,
    reasons,
    indicator: indicatorOf(state, reasons),
    nextStep: first ? nextStepOf[first] : "none",
    ...(refusedSince && { refusedSince }),
  };
}

const inOrder = (reasons: StalenessReason[]) =>
  STALENESS_REASONS.filter((reason) => reasons.includes(reason));

/**
 * The earliest refusal whose device has had no good upload since. Other devices' refusals count only until
 * any device uploads: a phone in a drawer must not alarm the others forever. Refusals before a deletion don't
 * count.
 */
function uploadsRefusedSince(head: Head, asking: string | undefined): Date | undefined {
  const version = currentVersion(head);
  const changedAt = version?.createdAt ?? head.deletedAt ?? head.purgedAt;
  const refusals = head.devices.filter(isActive).flatMap(({ id, refusedSince }) => {
    const concerns = (version && id === asking) || !changedAt || (refusedSince && refusedSince > changedAt);
    return refusedSince && concerns ? [refusedSince] : [];
  });
  return refusals.toSorted((a, b) => a.getTime() - b.getTime())[0];
}

/** Stale by the service's own data, for a reason that the owner can mend. */
export const isStale = (head: Head, policy: StalenessPolicy, now: Date): boolean => {
  const { reasons } = assess(head, {}, policy, now);
  const mendable = reasons.filter((reason) => reason !== "sign-in-time-unknown");
  return stateOf(head, mendable) === "stale";
};

function rollBack(head: Head | undefined, { generation = 0, digest }: Remembered): StalenessReason[] {
  const held = head?.generation ?? 0;
  const known = head?.versions.find((version) => version.generation === generation);
  const differs = digest !== undefined && known !== undefined && known.digest !== digest;
  return generation > held || differs ? ["rolled-back"] : [];
}

function reasonsOf(
  head: Head | undefined,
  authTime: Date | undefined,
  policy: StalenessPolicy,
  now: Date,
): StalenessReason[] {
  const version = currentVersion(head);
  if (head && version) {
    const signIn = signedInAt(head) ?? authTime;
    return [
      ...(policy.retiredKeyIds.includes(version.keyId) ? (["key-retired"] as const) : []),
      ...aged(signIn, policy.signInStaleDays, now, "sign-in-too-old"),
      ...aged(version.createdAt, policy.uploadStaleDays, now, "upload-too-old"),
      ...(signIn ? [] : (["sign-in-time-unknown"] as const)),
      ...agedBetween(signIn, policy.signInAgingDays, policy.signInStaleDays, now, "sign-in-aging"),
      ...agedBetween(version.createdAt, policy.uploadAgingDays, policy.uploadStaleDays, now, "upload-aging"),
    ];
  }
  if (head && isPurged(head, policy.undeleteDays, now)) return ["purged"];
  return [head?.deletedAt ? "deleted" : "never-uploaded"];
}

const aged = (since: Date | undefined, days: number, now: Date, reason: StalenessReason) =>
  since && later(since, days * DAY) <= now ? [reason] : [];

const agedBetween = (
  since: Date | undefined,
  from: number,
  to: number,
  now: Date,
  reason: StalenessReason,
) => (since && later(since, to * DAY) <= now ? [] : aged(since, from, now, reason));

function stateOf(head: Head | undefined, reasons: StalenessReason[]): BackupState {
  if (reasons.includes("deleted")) return "deleted";
  if (!currentVersion(head)) return "missing";
  if (reasons.some((reason) => !AGING.includes(reason))) return "stale";
  return reasons.length > 0 ? "aging" : "fresh";
}

function indicatorOf(state: BackupState, reasons: StalenessReason[]): Indicator {
  if (state === "stale" || reasons.some((reason) => ALARMING.includes(reason))) return "exclamation";
  return state === "fresh" ? "none" : "dot";
}

/**
 * When the sweep must next look at this backup: when it goes stale without a notice yet, or when its deletion
 * becomes final, until all of it is removed.
 */
export function dueAt(head: Head, policy: StalenessPolicy): Date | undefined {
  if (head.deletedAt) return head.purgedAt ?? undeletableUntil(head.deletedAt, policy.undeleteDays);
  const version = currentVersion(head);
  if (!version || head.noticedAt) return undefined;
  const upload = later(version.createdAt, policy.uploadStaleDays * DAY);
  const signIn = signedInAt(head);
  if (!signIn) return upload;
  return new Date(Math.min(Number(later(signIn, policy.signInStaleDays * DAY)), Number(upload)));
}
