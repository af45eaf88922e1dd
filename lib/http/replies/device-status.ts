/** The reply that describes a device. */
import * as z from "zod";
import { type Device, isOnNotice } from "../../domain/device.ts";
import { type Caller, DeviceId, Platform } from "../../domain/owner.ts";
import { Timestamp } from "./backup-status.ts";

/**
 * `lastSeenAt`: its last change. `suspendedAt`: suspended since then, until it registers again or recovers.
 * `revokeAt`: it is revoked then, unless it objects. `isThisDevice`: it sent this request.
 */
export const DeviceStatus = z.strictObject({
  id: DeviceId,
  name: z.string(),
  platform: Platform,
  registeredAt: Timestamp,
  lastSeenAt: Timestamp,
  lastRecoveryAt: Timestamp.optional(),
  suspendedAt: Timestamp.optional(),
  revokeAt: Timestamp.optional(),
  revokedAt: Timestamp.optional(),
  isThisDevice: z.boolean(),
});

export const deviceStatus = (
  device: Device,
  platform: Platform,
  caller: Caller,
): z.infer<typeof DeviceStatus> => {
  const { id, name, registeredAt, lastSeenAt, lastRecoveryAt, suspendedAt, revokedAt } = device;
  return {
    id,
    name,
    platform,
    registeredAt: registeredAt.toISOString(),
    lastSeenAt: lastSeenAt.toISOString(),
    ...(lastRecoveryAt && { lastRecoveryAt: lastRecoveryAt.toISOString() }),
    ...(suspendedAt && !revokedAt && { suspendedAt: suspendedAt.toISOString() }),
    ...(isOnNotice(device) && { revokeAt: device.revokeAt.toISOString() }),
    ...(revokedAt && { revokedAt: revokedAt.toISOString() }),
    isThisDevice: id === caller.device,
  };
};
