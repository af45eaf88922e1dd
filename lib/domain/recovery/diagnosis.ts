/** Diagnosis: tries a recovery step by step and turns each refusal into a finding (R31). */
import type { ExistingAccount } from "../account.ts";
import { currentVersion, isPurged, requireCurrent, undeletableUntil } from "../backup/backup.ts";
import { newHead, type StoredHead } from "../backup/head.ts";
import { assess, type StalenessPolicy, type StalenessReason } from "../backup/staleness.ts";
import { type Asking, requireOwnPlatform } from "../devices/admission.ts";
import { Failure } from "../failure.ts";
import { headsOf } from "../owner/owner-state.ts";
import { otherPlatform, type Platform } from "../owner.ts";
import { requireFresh } from "../sign-in.ts";
import { type CrossPlatformRule, type PlanStores, requirePortable, tellAndOpen } from "./opening.ts";
import { refuseOverlap } from "./plan.ts";
import { recordRecovery } from "./recovery.ts";

export const CHECKS = [
  "sign-in",
  "app-version",
  "device",
  "platform",
  "backup",
  "limits",
  "content",
  "overlap",
  "staleness",
] as const;
type CheckId = (typeof CHECKS)[number];

/**
 * Why there is no backup here; the first reason that holds. `purged`: deleted, and too late to undelete.
 * `other-account`: there may be one that this owner can't see.
 */
export const ABSENCES = ["deleted", "other-platform", "purged", "other-account"] as const;

export type Absence =
  | { why: "deleted"; undeletableUntil: Date }
  | { why: "other-platform"; from: Platform }
  | { why: "purged" | "other-account" };

/** `unread`: the device sealed the backup itself. `stale`: a recovery would work, but bring back old data. */
export type Finding = { id: CheckId } & (
  | { state: "ok" | "unread" }
  | { state: "stale"; reasons: StalenessReason[] }
  | { state: "failed"; refusal: Failure; absence?: Absence }
);

/**
 * `from`: the platform whose backup a recovery would take. `appTooOld`, `damage`: why every other request
 * would be refused.
 */
type Question = {
  platform: Platform;
  from: Platform;
  existing: ExistingAccount[];
  envelope: string | undefined;
  appTooOld: Failure | undefined;
  damage: Failure | undefined;
};
type Policy = {
  signInMaxAgeSeconds: number;
  crossPlatformRecovery: CrossPlatformRule;
  staleness: StalenessPolicy;
};

/**
 * Without a fresh sign-in it says only that one is needed: a stolen token must not learn what there is. With
 * a damaged head it stops, as a recovery would: whether the device was revoked may be in that very head.
 */
export async function diagnose(
  stores: PlanStores,
  asking: Asking,
  question: Question,
  policy: Policy,
): Promise<Finding[]> {
  const { caller, held, now } = asking;
  const { platform, from, appTooOld, damage } = question;
  const signIn = await check("sign-in", () => requireFresh(caller, now, policy.signInMaxAgeSeconds));
  const app = await check("app-version", () => throwIf(appTooOld));
  if (signIn.state === "failed") return [signIn, app];
  if (damage) return [signIn, app, await check("backup", () => throwIf(damage))];
  const heads = headsOf(held?.state);
  const own = heads[platform]?.value ?? newHead(caller.authTime);
  return [
    signIn,
    app,
    await check("device", () => requireOwnPlatform(asking, platform)),
    await check("platform", () => requirePortable({ platform, from }, policy.crossPlatformRecovery)),
    await check("limits", () => recordRecovery(own, caller, "device", now)),
    await checkBackup(asking, from, policy),
    ...(currentVersion(heads[from]?.value) ? await checkContent(stores, asking, question) : []),
    ...checkStaleness(heads[from], asking, policy),
  ];
}

function throwIf(refusal: Failure | undefined): void {
  if (refusal) throw refusal;
}

/**
 * Opening costs a vault call, but there is no other way to know. The answer reveals whether guessed accounts
 * are in the backup, so contacts are notified first.
 */
async function checkContent(stores: PlanStores, asking: Asking, question: Question): Promise<Finding[]> {
  const opening = tellAndOpen(stores, asking, question);
  const content = await check("content", () => opening);
  if (content.state === "failed") return [content];
  const opened = await opening;
  if (opened.sealed !== undefined) return [content, { id: "overlap", state: "unread" }];
  return [content, await check("overlap", () => refuseOverlap(opened, "refuse"))];
}

function checkStaleness(
  stored: StoredHead | undefined,
  { caller: { authTime }, now }: Asking,
  { staleness }: Policy,
): Finding[] {
  if (!currentVersion(stored?.value)) return [];
  const { reasons } = assess(stored?.value, { authTime }, staleness, now);
  return [
    reasons.length === 0 ? { id: "staleness", state: "ok" } : { id: "staleness", state: "stale", reasons },
  ];
}

async function checkBackup(asking: Asking, from: Platform, policy: Policy): Promise<Finding> {
  const found = await check("backup", () => requireCurrent(headsOf(asking.held?.state)[from]));
  return found.state === "failed" ? { ...found, absence: absenceOf(asking, from, policy) } : found;
}

/** Where else a backup might be; never whose, and never another owner's. */
function absenceOf({ held, now }: Asking, from: Platform, { staleness }: Policy): Absence {
  const { undeleteDays } = staleness;
  const heads = headsOf(held?.state);
  const here = heads[from]?.value;
  const isOver = here !== undefined && isPurged(here, undeleteDays, now);
  if (here?.deletedAt && !isOver)
    return { why: "deleted", undeletableUntil: undeletableUntil(here.deletedAt, undeleteDays) };
  const other = otherPlatform(from);
  if (currentVersion(heads[other]?.value)) return { why: "other-platform", from: other };
  return { why: isOver ? "purged" : "other-account" };
}

async function check(id: CheckId, work: () => unknown): Promise<Finding> {
  try {
    await work();
    return { id, state: "ok" };
  } catch (refusal) {
    if (refusal instanceof Failure) return { id, state: "failed", refusal };
    throw refusal;
  }
}
