/** Diagnosis: what a recovery would do is tried step by step, and what each step refuses becomes a check with its remedy (R31). */
import * as z from "zod";
import type { ExistingAccount } from "../domain/account.ts";
import { currentVersion, isPurged, requireCurrent, undeletableUntil } from "../domain/backup.ts";
import { Failure } from "../domain/failure.ts";
import { type Head, newHead } from "../domain/head.ts";
import { tellOfNewcomer } from "../domain/newcomer.ts";
import { type Caller, otherPlatform, Platform } from "../domain/owner.ts";
import { devicesOf, type Heads } from "../domain/owner-state.ts";
import type { StoredOwner } from "../domain/owner-store.ts";
import { recordRecovery } from "../domain/recovery.ts";
import { type Opened, openPlan, requirePortable } from "../domain/recovery-opening.ts";
import { refuseOverlap } from "../domain/recovery-plan.ts";
import { assess } from "../domain/staleness.ts";
import { requireOwnPlatform } from "./admit.ts";
import { requireFresh } from "./authenticate.ts";
import { Timestamp } from "./backup-status.ts";
import { AskAgain, kindOf, typeOf } from "./problem.ts";

import { problems, RETRIES } from "./problems.ts";
import type { Services } from "./services.ts";

const CHECKS = [
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

/**
 * Why there is no backup here, as far as can be told: the first one that holds. `purged`: deleted, and its time to be brought back
 * is over. With `other-account` there may be one that this owner can't see.
 */
const ABSENCES = ["deleted", "other-platform", "purged", "other-account"] as const;

/**
 * `problem`: the type of the problem that a recovery would answer. `warning`: it would work, and yet. `absence` stands in the
 * check `backup`, with `undeletableUntil` where it was deleted, and with `from` where the other platform has one.
 */
export const Check = z.strictObject({
  id: z.enum(CHECKS),
  state: z.enum(["ok", "warning", "failed"]),
  problem: z.string().optional(),
  detail: z.string(),
  remedy: z.string().optional(),
  retry: z.enum(RETRIES).optional(),
  overlapping: z.array(z.string()).optional(),
  askAgainWith: AskAgain.optional(),
  absence: z.enum(ABSENCES).optional(),
  undeletableUntil: Timestamp.optional(),
  from: Platform.optional(),
});
export type Check = z.infer<typeof Check>;
type CheckId = Check["id"];

export type Question = {
  caller: Caller;
  held: StoredOwner | undefined;
  heads: Heads;
  platform: Platform;
  from: Platform;
  existing: ExistingAccount[];
  envelope: string | undefined;
  appTooOld: Failure | undefined;
  damage: Failure | undefined;
  now: Date;
};

/**
 * Without a fresh sign-in nothing is told but that it is needed: a stolen token must not learn what there is. Where a head is
 * damaged, a recovery goes no further, and whether the device was revoked may stand just there.
 */
export async function diagnose(services: Services, question: Question): Promise<Check[]> {
  const { caller, heads, platform, from, appTooOld, damage, now } = question;
  const { signInMaxAgeSeconds, crossPlatformRecovery } = services.policy;
  const signIn = await check("sign-in", () => requireFresh(caller, now, signInMaxAgeSeconds));
  const app = await check("app-version", () => throwIf(appTooOld));
  if (signIn.state === "failed") return [signIn, app];
  if (damage) return [signIn, app, await check("backup", () => throwIf(damage))];
  const own = heads[platform]?.value ?? newHead(caller.authTime);
  return [
    signIn,
    app,
    await check("device", () => requireOwnPlatform(caller, heads, platform)),
    await check("platform", () => requirePortable({ platform, from }, crossPlatformRecovery)),
    await check("limits", () => recordRecovery(own, caller, "device", now)),
    await check("backup", () => requireCurrent(heads[from]), whereElse(heads, from, services, now)),
    ...(await checkContent(services, question)),
    ...checkStaleness(heads[from]?.value, caller, services, now),
  ];
}

function throwIf(refusal: Failure | undefined): void {
  if (refusal) throw refusal;
}

/** Opening it costs a vault call, and is the only way to know. It tells whether guessed accounts are in it, so contacts are told first. */
async function checkContent(services: Services, question: Question): Promise<Check[]> {
  if (!currentVersion(question.heads[question.from]?.value)) return [];
  const { caller, held, heads, now } = question;
  const opening = tellOfNewcomer(services, held, caller, devicesOf(heads), now).then(() =>
    openPlan(services, held, question),
  );
  const content = await check("content", () => opening);
  if (content.state === "failed") return [content];
  const opened: Opened = await opening;
  if (opened.sealed !== undefined) return [content, NOT_READ];
  return [content, await check("overlap", () => refuseOverlap(opened, "refuse"))];
}

const NOT_READ: Check = {
  id: "overlap",
  state: "warning",
  detail: "The device sealed this backup itself: the service can't compare its accounts.",
  remedy: "Recover, open it on the device, and let the app decide what to restore.",
};

function checkStaleness(
  head: Head | undefined,
  { authTime }: Caller,
  { policy }: Services,
  now: Date,
): Check[] {
  if (!currentVersion(head)) return [];
  const { reasons } = assess(head, { authTime }, policy.staleness, now);
  if (reasons.length === 0) return [{ id: "staleness", state: "ok", detail: "The backup is fresh." }];
  const remedy = "Recover, then upload and sign in anew. What was added since the last upload is missing.";
  return [
    { id: "staleness", state: "warning", detail: `It may be out of date: ${reasons.join(", ")}.`, remedy },
  ];
}

/** Where there might be one, since there is none here: never whose, and never of another owner. */
function whereElse(heads: Heads, from: Platform, { policy }: Services, now: Date): Partial<Check> {
  const here = heads[from]?.value;
  const { undeleteDays } = policy.staleness;
  const isOver = here !== undefined && isPurged(here, undeleteDays, now);
  if (here?.deletedAt && !isOver) {
    const undeletable = undeletableUntil(here.deletedAt, undeleteDays).toISOString();
    const remedy = `It was deleted, and can be undeleted until ${undeletable} by a device that is registered.`;
    return { absence: "deleted", undeletableUntil: undeletable, remedy };
  }
  const other = otherPlatform(from);
  if (currentVersion(heads[other]?.value)) {
    const remedy = `There is one of the other platform: recover with "from": "${other}".`;
    return { absence: "other-platform", from: other, remedy };
  }
  if (isOver) {
    const remedy =
      "It was deleted, too long ago to be brought back: upload anew from a device that has the accounts.";
    return { absence: "purged", remedy };
  }
  const remedy =
    "There is none under this recovery account. If there was one, it may be under another: sign in with that one.";
  return { absence: "other-account", remedy };
}

async function check(id: CheckId, work: () => unknown, instead: Partial<Check> = {}): Promise<Check> {
  try {
    await work();
    return { id, state: "ok", detail: "Nothing is in the way here." };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const kind = kindOf(error);
    const { remedy, retry } = problems[kind];
    const { overlapping, askAgainWith } = error.details;
    const told = {
      detail: error.message,
      remedy,
      retry,
      ...(overlapping && { overlapping }),
      ...(askAgainWith && { askAgainWith }),
      ...instead,
    };
    return { id, state: "failed", problem: typeOf(kind), ...told };
  }
}
