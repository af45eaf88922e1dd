/** An older device that a young one revokes: suspended at once, revoked later unless it objects (R45). */
/** One on which a contact's code was entered counts as older than any young one. */

import { HOUR, later } from "../clock.ts";
import type { CredentialStore } from "../credentials/credential.ts";
import { settleCredentials } from "../credentials/issue.ts";
import { type Device, findDevice, isOnNotice, isRevoked, requireStillIn } from "../device.ts";
import { Failure } from "../failure.ts";
import { alarm, type Outbox } from "../messages/announcement.ts";
import { devicesOf, headsOf, type OwnerState, withDeviceChange } from "../owner/owner-state.ts";
import { changeOwner, devicesIn, type OwnerStore, recordIn } from "../owner/owner-store.ts";
import type { DeviceId } from "../owner.ts";
import { type Asking, callerDevice } from "./admission.ts";
import { tooNew, youngUntil } from "./young.ts";

export type NoticePorts = { owners: OwnerStore; credentials: CredentialStore; outbox: Outbox };

/**
 * Until when the device can object to what `by` asks; undefined where that may end it at once. Fails as
 * `device-too-new` where it objected lately and no contact's code speaks for `by`.
 */
export function noticeFor(
  devices: Device[],
  { id, by }: { id: DeviceId; by: DeviceId },
  coolingOffHours: number,
  now: Date,
): Date | undefined {
  const [device, asking] = [findDevice(devices, id), findDevice(devices, by)];
  if (!device || !asking || id === by || isRevoked(device)) return undefined;
  const until = youngUntil(asking, devices, coolingOffHours, now);
  const isOlder = device.registeredAt <= asking.registeredAt;
  if (!isOlder && (device.contactCodeAt === undefined || until === undefined)) return undefined;
  const calmUntil = device.objectedAt && later(device.objectedAt, coolingOffHours * HOUR);
  if (calmUntil && calmUntil > now && asking.contactCodeAt === undefined) throw tooNew(calmUntil);
  return until;
}

/** The devices that `by` has suspended, as if it never had. */
export const withoutNoticesOf = (state: OwnerState, by: DeviceId, now: Date): OwnerState =>
  devicesOf(headsOf(state))
    .filter((device) => isOnNotice(device) && device.suspendedBy === by)
    .reduce((next, { id }) => {
      const lifted = { suspendedAt: undefined, revokeAt: undefined, objectedAt: now };
      return withDeviceChange(next, id, lifted);
    }, state);

/**
 * Suspends the older device until then; all contacts are told before. Safe to repeat. Fails as
 * `requireStillIn` and `noticeFor` do.
 */
export async function giveNotice(
  stores: NoticePorts,
  asking: Asking,
  id: DeviceId,
  revokeAt: Date,
  coolingOffHours: number,
): Promise<Date> {
  const { caller, held, now } = asking;
  const { owner, device: by } = caller;
  const device = findDevice(devicesIn(held), id);
  if (device && !isOnNotice(device)) {
    const told = {
      kind: "device-suspended" as const,
      id: `device-suspended ${id} ${by} ${device.registeredAt.toISOString()}`,
      revokeAt,
    };
    await alarm(stores.outbox, owner, {
      ...told,
      device: callerDevice(asking),
      record: await recordIn(held),
      now,
    });
  }
  const { result, held: after } = await changeOwner(stores.owners, owner, held, (latest) => {
    const devices = devicesIn(latest);
    requireStillIn(caller, devices);
    const found = findDevice(devices, id);
    if (!latest || !found) throw new Failure("device-not-found", "There is no such device.");
    noticeFor(devices, { id, by }, coolingOffHours, now);
    if (isOnNotice(found)) return { result: found.revokeAt };
    if (isRevoked(found)) return { result: revokeAt };
    const notice = { suspendedAt: now, suspendedBy: by, revokeAt, displacedBy: undefined };
    return { result: revokeAt, next: { state: withDeviceChange(latest.state, id, notice) } };
  });
  await settleCredentials(stores, owner, after, id);
  return result;
}
