/** What is measured, and the least that each operation could cost. */
import type { LEAST } from "./raw.ts";

export const OPERATIONS = [
  "upload",
  "first upload",
  "staleness",
  "staleness, first call",
  "plan",
  "quiet read",
  "recovery",
  "recovery with Idempotency-Key",
  "code check",
] as const;
export type Operation = (typeof OPERATIONS)[number];

/** Operations that an older checkout may lack. */
export const RECENT: readonly Operation[] = ["quiet read"];

export const leastOf = {
  upload: "upload",
  "first upload": "upload",
  staleness: "staleness",
  "staleness, first call": "staleness",
  plan: "plan",
  "quiet read": "plan",
  recovery: "recovery",
  "recovery with Idempotency-Key": "recovery",
  "code check": "code check",
} as const satisfies Record<Operation, keyof typeof LEAST>;
