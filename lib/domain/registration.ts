/** Changes to the list of devices in a head: a device comes, is renamed, is revoked (R17). */
import { type Device, findDevice, isRevoked, withChange, withDevice, withRevoked } from "./device.ts";
import { Failure } from "./failure.ts";
import { type Head, newHead, type StoredHead } from "./head.ts";
import type { Caller } from "./owner.ts";
import type { Change } from "./store.ts";

/** The caller's device, with this name. Fails as `device-revoked`. */
export function planRegistration(
  stored: StoredHead | undefined,
  { device: id, authTime }: Caller,
  name: string,
  now: Date,
): Change<Head, Device> {
  const head = stored?.value ?? newHead(authTime);
  const devices = withDevice(head.devices, { id, name }, now);
  return changeOf(head, withChange(devices, id, { name }), id);
}

/** Fails as `device-not-found`. */
export function planRename(stored: StoredHead | undefined, id: string, name: string): Change<Head, Device> {
  if (!stored) throw notFound();
  return changeOf(stored.value, withChange(stored.value.devices, id, { name }), id);
}

/** A device that was revoked before stays as it is. Fails as `device-not-found`. */
export function planRevocation(stored: StoredHead, id: string, now: Date): Change<Head, Device> {
  const device = requireDevice(stored.value.devices, id);
  if (isRevoked(device)) return { result: device, unchanged: stored };
  return changeOf(stored.value, withRevoked(stored.value.devices, id, now), id);
}

const changeOf = (head: Head, devices: Device[], id: string): Change<Head, Device> => ({
  result: requireDevice(devices, id),
  next: { ...head, devices },
});

function requireDevice(devices: Device[], id: string): Device {
  const device = findDevice(devices, id);
  if (device) return device;
  throw notFound();
}

const notFound = () => new Failure("device-not-found", "There is no such device.");
