/** Young devices: a new device may do little that the owner couldn't undo (R45). Pure. */
import { HOUR, later } from "../clock.ts";
import type { Device } from "../device.ts";

type Age = Pick<Device, "registeredAt" | "contactCodeAt">;

/**
 * Until when a device is young; undefined if it isn't. The owner's first device never is. Entering a code
 * sent to a contact that was confirmed before the device came ends it early. `devices`: of both platforms,
 * including revoked ones.
 */
export function youngUntil(
  device: Age,
  devices: Pick<Device, "registeredAt">[],
  coolingOffHours: number,
  now: Date,
): Date | undefined {
  const isFirst = devices.every(({ registeredAt }) => registeredAt >= device.registeredAt);
  const until = later(device.registeredAt, coolingOffHours * HOUR);
  return isFirst || device.contactCodeAt !== undefined || until <= now ? undefined : until;
}
