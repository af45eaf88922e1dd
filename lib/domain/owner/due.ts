/** When the sweep must next look at an owner; the listing shows what is due (R29). Pure. */

import { dueAt, type StalenessPolicy } from "../backup/staleness.ts";
import { earliest, HOUR, later } from "../clock.ts";
import { isOnNotice } from "../device.ts";
import type { OwnerState } from "./owner-state.ts";

export type DuePolicy = { staleness: StalenessPolicy; coolingOffHours: number };

/** By the state alone; the record has its own expiry. */
export function ownerDueAt(
  { heads, erasure, erased, pendingEnds }: OwnerState,
  { staleness, coolingOffHours }: DuePolicy,
): Date | undefined {
  return earliest([
    ...[heads.ios, heads.android].map((head) => head && dueAt(head, staleness)),
    ...[heads.ios, heads.android]
      .flatMap((head) => (head?.devices ?? []).filter(isOnNotice))
      .map(({ revokeAt }) => revokeAt),
    erasure?.begunAt ?? erasure?.eraseAt,
    erased && later(erased.at, coolingOffHours * HOUR),
    pendingEnds.length > 0 ? new Date(0) : undefined,
  ]);
}
