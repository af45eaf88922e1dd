/** Notifies contacts before an unregistered device sees what a backup holds (R18). */
/** A registered device that must be let in again counts as unregistered, too. */

import { HOUR, hourOf, later } from "../clock.ts";
import { recipientsIn } from "../contacts/contact.ts";
import { type Device, findDevice, isAway } from "../device.ts";
import type { Asking } from "../devices/admission.ts";
import { Failure } from "../failure.ts";
import { announce, type Outbox } from "../messages/announcement.ts";
import type { OwnerRecord } from "../owner/owner-record.ts";
import {
  changeRecord,
  devicesIn,
  type OwnerStore,
  recordIn,
  type StoredOwner,
} from "../owner/owner-store.ts";
import type { Caller, OwnerId } from "../owner.ts";

export function isUnregistered({ device }: Caller, devices: Device[], now: Date): boolean {
  const known = findDevice(devices, device);
  return devices.length > 0 && (!known || isAway(known, now));
}

/** Keys cost nothing, so unregistered devices are announced once an hour, not once per device. */
export const toldLately = ({ newcomerToldAt: toldAt }: OwnerRecord, now: Date): boolean =>
  toldAt !== undefined && later(toldAt, HOUR) > now;

/** Of many parallel requests, the first stores it. */
export async function rememberTold(
  owners: OwnerStore,
  owner: OwnerId,
  held: StoredOwner | undefined,
  now: Date,
): Promise<void> {
  const remember = (record: OwnerRecord) => ({
    result: undefined,
    record: toldLately(record, now) ? record : { ...record, newcomerToldAt: now },
  });
  await changeRecord(owners, owner, now, remember, held).catch(othersDo);
}

/** `busy`: of many parallel requests, another one has stored it by now. */
function othersDo(error: unknown): void {
  if (!(error instanceof Failure && error.kind === "busy")) throw error;
}

/**
 * Call this before the device sees anything. Parallel requests use one id, which the log and the mail service
 * accept once.
 */
export async function tellOfUnregistered(
  { owners, outbox }: { owners: OwnerStore; outbox: Outbox },
  { caller, held, now }: Asking,
): Promise<void> {
  if (!isUnregistered(caller, devicesIn(held), now)) return;
  const record = await recordIn(held);
  if (toldLately(record, now)) return;
  const id = `plan-requested ${hourOf(now)} ${held?.incarnation ?? ""}`;
  const recipients = recipientsIn(record, now);
  await announce(outbox, caller.owner, { kind: "plan-requested", recipients, now, id });
  await rememberTold(owners, caller.owner, held, now);
}
