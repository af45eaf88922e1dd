/** A device that isn't registered, or is yet to be let in again, and asks for what a backup holds: nobody shall do so unseen (R18). */
import { announce, type Outbox } from "./announcement.ts";
import { HOUR, later } from "./clock.ts";
import { recipientsIn } from "./contact.ts";
import { type Device, findDevice, isAway } from "./device.ts";
import type { Caller, OwnerId } from "./owner.ts";
import { newRecord, type OwnerRecord, type RecordStore, readRecord } from "./owner-record.ts";
import { type Change, change } from "./store.ts";

export function isNewcomer({ device }: Caller, devices: Device[], now: Date): boolean {
  const known = findDevice(devices, device);
  return devices.length > 0 && (!known || isAway(known, now));
}

/** Keys cost nothing, so newcomers are told of once an hour, and not once a device. */
export const toldLately = ({ newcomerToldAt: toldAt }: OwnerRecord, now: Date): boolean =>
  toldAt !== undefined && later(toldAt, HOUR) > now;

/** Of many at once the first one remembers it. */
export async function rememberTold(records: RecordStore, owner: OwnerId, now: Date): Promise<void> {
  await change(records, owner, await records.find(owner), (held): Change<OwnerRecord, void> => {
    if (held && toldLately(held.value, now)) return { result: undefined, unchanged: held };
    return { result: undefined, next: { ...(held?.value ?? newRecord()), newcomerToldAt: now } };
  });
}

export const hourOf = (now: Date): number => Math.floor(now.getTime() / HOUR);

/**
 * Before it sees anything. Those who come at the same moment are told under one id, which the log and the mail service take
 * once.
 */
export async function tellOfNewcomer(
  { records, outbox }: { records: RecordStore; outbox: Outbox },
  caller: Caller,
  devices: Device[],
  now: Date,
): Promise<void> {
  if (!isNewcomer(caller, devices, now)) return;
  const record = await readRecord(records, caller.owner);
  if (toldLately(record, now)) return;
  const id = `plan-requested ${hourOf(now)}`;
  const recipients = recipientsIn(record, now);
  await announce(outbox, caller.owner, { kind: "plan-requested", recipients, now, id });
  await rememberTold(records, caller.owner, now);
}
