/** When the sweep looks at an owner: at the earliest due event, and never without one. */
import { expect, it } from "vitest";
import { DAY, HOUR, later } from "../../../lib/domain/clock.ts";
import { ownerDueAt } from "../../../lib/domain/owner/due.ts";
import type { OwnerState } from "../../../lib/domain/owner/owner-state.ts";
import { aDeviceId, aHead, aPolicy, aState, aVersion, now } from "../builders.ts";

const policy = { staleness: aPolicy(), coolingOffHours: 72 };
const inDays = (days: number) => later(now, days * DAY);
const due = (state: OwnerState) => ownerDueAt(state, policy);

/** Goes stale ninety days after its last sign-in. */
const aHeadOf = (signedIn: Date) =>
  aHead({ confirmedAt: signedIn, versions: [aVersion({ createdAt: now })] });
const anErasure = (change: Partial<OwnerState["erasure"]> = {}) => ({
  device: aDeviceId(),
  requestedAt: now,
  eraseAt: inDays(3),
  ...change,
});
const anErased = (at: Date) => ({ at, hadContact: false, accounts: [] });

it("R29 an owner without a due event is never due", () => {
  expect(due(aState(undefined))).toBeUndefined();
  expect(due(aState(aHead({ versions: [] })))).toBeUndefined();
});

it("R29 R30 whichever backup comes first, on either platform", () => {
  const deleted = aHead({ deletedAt: now });
  for (const [ios, android] of [
    [aHeadOf(now), deleted],
    [deleted, aHeadOf(now)],
  ] as const) {
    expect(due(aState(undefined, { heads: { ios, android } }))).toEqual(inDays(30));
    expect(due(aState(undefined, { heads: { ios } }))).toEqual(inDays(ios === deleted ? 30 : 90));
  }
});

it("R35 an erasure when its time has come; a cut-off one at once", () => {
  expect(due(aState(aHeadOf(now), { erasure: anErasure() }))).toEqual(inDays(3));
  const begunAt = later(now, HOUR);
  expect(due(aState(aHeadOf(now), { erasure: anErasure({ begunAt }) }))).toEqual(begunAt);
});

it("R19 R35 the memory of an erasure when the cooling-off is over, whether or not the owner began anew", () => {
  const erased = anErased(now);
  expect(due(aState(undefined, { erased }))).toEqual(inDays(3));
  expect(due(aState(aHeadOf(now), { erased }))).toEqual(inDays(3));
  expect(ownerDueAt(aState(undefined, { erased }), { ...policy, coolingOffHours: 1 })).toEqual(
    later(now, HOUR),
  );
});

it("R17 a revoked device with credentials left to end comes before everything else", () => {
  const state = aState(aHeadOf(now), { erasure: anErasure(), pendingEnds: [aDeviceId("lost")] });
  expect(due(state)).toEqual(new Date(0));
});
