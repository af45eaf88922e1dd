/** Every problem there is: its status, and what the client should do about it. */
import type { FailureKind } from "../domain/failure.ts";
import { backupProblems } from "./backup-problems.ts";
import type { Entry } from "./problem-entry.ts";
import { requestProblems } from "./request-problems.ts";
import { stepUpProblems } from "./step-up-problems.ts";

/** `unexpected` is a fault of ours: whatever was thrown that is no Failure. */
export type ProblemKind = FailureKind | "unexpected";

export const problems = {
  ...requestProblems,
  ...backupProblems,
  ...stepUpProblems,
} as const satisfies Record<ProblemKind, Entry>;
