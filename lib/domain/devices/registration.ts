/** Registering and renaming devices (R17). */

import { type Head, newHead, type StoredHead } from "../backup/head.ts";
import { hourOf } from "../clock.ts";
import type { CredentialStore } from "../credentials/credential.ts";
import { type Device, findDevice, isAway, withChange, withDevice } from "../device.ts";
import { Failure } from "../failure.ts";
import { alarm, type Outbox } from "../messages/announcement.ts";
import { type Heads, headIn, headsOf, newState, platformsOf, withHead } from "../owner/owner-state.ts";
import { devicesIn, type OwnerStore, recordIn } from "../owner/owner-store.ts";
import type { Caller, DeviceId, Platform } from "../owner.ts";
import type { Change } from "../store.ts";
import { type Asking, callerDevice, changeAs, requireOwnPlatform } from "./admission.ts";
import { letIn } from "./letting-in.ts";
import { requireRight } from "./young.ts";

type RegistrationPorts = { owners: OwnerStore; credentials: CredentialStore; outbox: Outbox };

/**
 * Registers the caller's device, or lets it in again; notifies the owner first. Safe to repeat. Fails as
 * `device-revoked`.
 */
export async function register(
  stores: RegistrationPorts,
  asking: Asking,
  { platform, name }: { platform: Platform; name: string },
): Promise<Device> {
  const { caller, held, now } = asking;
  const { owner } = caller;
  requireOwnPlatform(asking, platform);
  planRegistration(headIn(held?.state, platform), caller, name, now);
  const known = findDevice(devicesIn(held), caller.device);
  const device = callerDevice(asking, name);
  if (!known || isAway(known, now)) {
    const record = await recordIn(held);
    await alarm(stores.outbox, owner, { ...comingOf(asking, known), device, record, now });
  }
  const coming = { place: { owner, platform }, device, now };
  const { result } = await letIn(stores, coming, held, (latest) => {
    const { result, next } = planRegistration(headIn(latest?.state, platform), caller, name, now);
    return { result, next: { state: withHead(latest?.state ?? newState(), platform, next) } };
  });
  return result;
}

/**
 * The announcement, once each time the device comes. One that has been announced, but didn't come or was
 * erased since, is announced again when it does.
 */
const comingOf = ({ caller: { device }, held, now }: Asking, known: Device | undefined) =>
  known
    ? { kind: "device-returned" as const, id: `returned ${device} ${known.lastSeenAt.toISOString()}` }
    : {
        kind: "device-registered" as const,
        id: `registered ${device} ${hourOf(now)} ${held?.incarnation ?? ""}`,
      };

/** Renames any of the owner's devices. Fails as `device-not-found` or `device-too-new`. */
export async function renameDevice(
  { owners }: Pick<RegistrationPorts, "owners">,
  asking: Asking,
  { id, name }: { id: DeviceId; name: string },
  { contactCoolingOffHours }: { contactCoolingOffHours: number },
): Promise<{ device: Device; platform: Platform }> {
  const platform = locateDevice(headsOf(asking.held?.state), id);
  const { registeredAt } = requireDevice(devicesIn(asking.held), id);
  const isOwn = registeredAt >= callerDevice(asking).registeredAt;
  requireRight("rename-device", asking, contactCoolingOffHours, isOwn);
  const { result } = await changeAs(owners, asking, platform, (stored) => planRename(stored, id, name));
  return { device: result, platform };
}

/** The platform that lists the device. Fails as `device-not-found`. */
export function locateDevice(heads: Heads, id: DeviceId): Platform {
  const [platform] = platformsOf(heads, id);
  if (platform) return platform;
  throw notFound();
}

/** Registers the caller's device under this name. Fails as `device-revoked`. */
export function planRegistration(
  stored: StoredHead | undefined,
  { device: id, authTime }: Caller,
  name: string,
  now: Date,
): { result: Device; next: Head } {
  const head = stored?.value ?? newHead(authTime);
  const devices = withDevice(head.devices, { id, name }, now);
  return changeOf(head, withChange(devices, id, { name }), id);
}

/** Fails as `device-not-found`. */
export function planRename(stored: StoredHead | undefined, id: string, name: string): Change<Head, Device> {
  if (!stored) throw notFound();
  return changeOf(stored.value, withChange(stored.value.devices, id, { name }), id);
}

const changeOf = (head: Head, devices: Device[], id: string): { result: Device; next: Head } => ({
  result: requireDevice(devices, id),
  next: { ...head, devices },
});

function requireDevice(devices: Device[], id: string): Device {
  const device = findDevice(devices, id);
  if (device) return device;
  throw notFound();
}

const notFound = () => new Failure("device-not-found", "There is no such device.");
