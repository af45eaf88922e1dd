/** When the sweep must look at an owner next: what is due is seen in the listing (R29). Pure. */

import { dueAt, type StalenessPolicy } from "../backup/staleness.ts";
import { earliest, HOUR, later } from "../clock.ts";
import { isOnNotice } from "../device.ts";
import type { OwnerState } from "./owner-state.ts";

export type DuePolicy = { staleness: StalenessPolicy; coolingOffHours: number };

/** As far as the record doesn't say. */
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
