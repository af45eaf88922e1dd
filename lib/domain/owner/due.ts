/** When the sweep must next look at an owner; the listing shows what is due (R29). Pure. */

import { dueAt, type StalenessPolicy } from "../backup/staleness.ts";
import { earliest, HOUR, later } from "../clock.ts";
import { isOnNotice } from "../device.ts";
import { devicesOf, headsOf, type OwnerState } from "./owner-state.ts";

export type DuePolicy = { staleness: StalenessPolicy; coolingOffHours: number };

/** By the state alone; the record has its own expiry. */
export function ownerDueAt(state: OwnerState, { staleness, coolingOffHours }: DuePolicy): Date | undefined {
  const { heads, erasure, erased, pendingEnds } = state;
  return earliest([
    ...[heads.ios, heads.android].map((head) => head && dueAt(head, staleness)),
    ...devicesOf(headsOf(state))
      .filter(isOnNotice)
      .map(({ revokeAt }) => revokeAt),
    erasure?.begunAt ?? erasure?.eraseAt,
    erased && later(erased.at, coolingOffHours * HOUR),
    pendingEnds.length > 0 ? new Date(0) : undefined,
  ]);
}
