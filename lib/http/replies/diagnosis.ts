/** The reply of a diagnosis: each finding as a check, with the problem and its remedy (R31). */
import * as z from "zod";
import { Platform } from "../../domain/owner.ts";
import { ABSENCES, type Absence, CHECKS, type Finding } from "../../domain/recovery/diagnosis.ts";
import { AskAgain, kindOf, typeOf } from "../problems/problem.ts";
import { problems, RETRIES } from "../problems/problems.ts";
import { Timestamp } from "./backup-status.ts";

/**
 * `problem`: the type of the problem that a recovery would answer. `warning`: a recovery works, but see
 * `detail`. The check `backup` has `absence`: with `undeletableUntil` for a deleted backup, and with `from`
 * if the other platform has a backup.
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

export function checkOf(finding: Finding): Check {
  const { id, state } = finding;
  if (state === "failed") return failed(finding);
  if (state === "unread") return { ...NOT_READ, id };
  if (state === "stale") {
    const detail = `The backup may be out of date: ${finding.reasons.join(", ")}.`;
    const remedy = "Recover, then upload and sign in again. Changes since the last upload are missing.";
    return { id, state: "warning", detail, remedy };
  }
  return { id, state, detail: id === "staleness" ? "The backup is fresh." : "No problem found." };
}

const NOT_READ: Omit<Check, "id"> = {
  state: "warning",
  detail: "A device sealed this backup, so the service can't compare its accounts.",
  remedy: "Recover, open the backup on the device, and let the app decide what to restore.",
};

function failed({ id, refusal, absence }: Extract<Finding, { state: "failed" }>): Check {
  const kind = kindOf(refusal);
  const { remedy, retry } = problems[kind];
  const { overlapping, askAgainWith } = refusal.details;
  return {
    id,
    state: "failed",
    problem: typeOf(kind),
    detail: refusal.message,
    remedy,
    retry,
    ...(overlapping && { overlapping }),
    ...(askAgainWith && { askAgainWith }),
    ...(absence && absenceIn(absence)),
  };
}

function absenceIn(absence: Absence): Pick<Check, "absence" | "undeletableUntil" | "from" | "remedy"> {
  switch (absence.why) {
    case "deleted": {
      const undeletableUntil = absence.undeletableUntil.toISOString();
      const remedy = `The backup was deleted. A registered device can undelete it until ${undeletableUntil}.`;
      return { absence: "deleted", undeletableUntil, remedy };
    }
    case "other-platform": {
      const remedy = `The other platform has a backup: recover with "from": "${absence.from}".`;
      return { absence: "other-platform", from: absence.from, remedy };
    }
    case "purged":
      return {
        absence: "purged",
        remedy:
          "The backup was deleted too long ago to bring it back. Upload again from a device that has the accounts.",
      };
    case "other-account":
      return {
        absence: "other-account",
        remedy:
          "This recovery account has no backup. If the owner has one under another recovery account, sign in to that one.",
      };
  }
}
