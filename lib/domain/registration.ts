/** A device comes, or is renamed (R17). */
import { alarm, type Outbox } from "./announcement.ts";
import type { CredentialStore } from "./credential.ts";
import { type Device, findDevice, isAway, subjectIn, withChange, withDevice } from "./device.ts";
import { Failure } from "./failure.ts";
import { type Head, newHead, type StoredHead } from "./head.ts";
import { letIn } from "./letting-in.ts";
import type { Caller, Platform } from "./owner.ts";
import { devicesOf, headIn, headsOf, newState, withHead } from "./owner-state.ts";
import { type OwnerStore, recordIn, type StoredOwner } from "./owner-store.ts";
import type { Change } from "./store.ts";

type Stores = { owners: OwnerStore; credentials: CredentialStore; outbox: Outbox };
type Registering = { caller: Caller; platform: Platform; name: string; now: Date };

/** Registers the caller's device, or lets it in again; its owner is told before. Safe to repeat. Fails as `device-revoked`. */
export async function register(
  stores: Stores,
  held: StoredOwner | undefined,
  { caller, platform, name, now }: Registering,
): Promise<Device> {
  const { owner } = caller;
  planRegistration(headIn(held?.state, platform), caller, name, now);
  const devices = devicesOf(headsOf(held?.state));
  const known = findDevice(devices, caller.device);
  const device = subjectIn(devices, caller.device, now, name);
  if (!known || isAway(known, now)) {
    const record = await recordIn(held);
    await alarm(stores.outbox, owner, { ...comingOf(caller, known), device, record, now });
  }
  const coming = { place: { owner, platform }, device, now };
  const { result } = await letIn(stores, coming, held, (latest) => {
    const { result, next } = planRegistration(headIn(latest?.state, platform), caller, name, now);
    return { result, next: { state: withHead(latest?.state ?? newState(), platform, next) } };
  });
  return result;
}

/** What is told, once each time that the device comes. */
const comingOf = ({ device }: Caller, known: Device | undefined) =>
  known
    ? { kind: "device-returned" as const, id: `returned ${device} ${known.lastSeenAt.toISOString()}` }
    : { kind: "device-registered" as const, id: `registered ${device}` };

/** The caller's device, with this name. Fails as `device-revoked`. */
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
