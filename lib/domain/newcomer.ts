/** A device that isn't registered, and yet looks at what a backup holds: nobody shall do so unseen (R18). */
import { announce, type Outbox } from "./announcement.ts";
import { HOUR, later } from "./clock.ts";
import { recipientsIn } from "./contact.ts";
import { type Device, findDevice } from "./device.ts";
import type { Caller } from "./owner.ts";
import { changeRecord, type RecordStore, readRecord } from "./owner-record.ts";

/**
 * Before it sees anything. Keys cost nothing, so that it is told once an hour and not once a device; those who come at the same
 * moment are told under one id, which the log and the mail service take once.
 */
export async function tellOfNewcomer(
  { records, outbox }: { records: RecordStore; outbox: Outbox },
  { owner, device }: Caller,
  devices: Device[],
  now: Date,
): Promise<void> {
  if (devices.length === 0 || findDevice(devices, device)) return;
  const record = await readRecord(records, owner);
  const { newcomerToldAt: toldAt } = record;
  if (toldAt && later(toldAt, HOUR) > now) return;
  const id = `plan-requested ${Math.floor(now.getTime() / HOUR)}`;
  await announce(outbox, owner, { kind: "plan-requested", recipients: recipientsIn(record, now), now, id });
  await changeRecord(records, owner, now, (latest) => ({
    result: undefined,
    record: { ...latest, newcomerToldAt: now },
  }));
}
