/** Uploads that are refused: noted, so that staleness can say since when (R32). Pure. */
import { DAY, later } from "./clock.ts";
import { type Device, findDevice, isActive, withChange } from "./device.ts";
import type { Head, StoredHead } from "./head.ts";
import type { Caller } from "./owner.ts";
import type { Change } from "./store.ts";

/** The first one since the device's last good upload, and once a day at most; only of a device that is registered. */
export function planRefusalNote(
  stored: StoredHead | undefined,
  { device: id }: Pick<Caller, "device">,
  now: Date,
): Change<Head, void, StoredHead | undefined> {
  const device = stored && findDevice(stored.value.devices, id);
  if (!device || !isActive(device) || !isDue(device, now)) return { result: undefined, unchanged: stored };
  const devices = withChange(stored.value.devices, id, { refusedSince: now, refusalNotedAt: now });
  return { result: undefined, next: { ...stored.value, devices } };
}

const isDue = ({ refusedSince, refusalNotedAt }: Device, now: Date): boolean =>
  refusedSince === undefined && (refusalNotedAt === undefined || later(refusalNotedAt, DAY) <= now);

/** Once it has made a good upload. */
export const withUpload = (devices: Device[], id: string, now: Date): Device[] =>
  withChange(devices, id, { refusedSince: undefined, lastUploadAt: now });
