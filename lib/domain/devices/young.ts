/** Young devices: a new device may do little that the owner couldn't undo (R45). Pure. */
import { HOUR, later } from "../clock.ts";
import { type Contact, isEldest } from "../contacts/contact.ts";
import { type Device, findDevice } from "../device.ts";
import { Failure } from "../failure.ts";
import { devicesOf, headsOf, type OwnerState, withDeviceChange } from "../owner/owner-state.ts";
import type { DeviceId } from "../owner.ts";
import type { Asking } from "./admission.ts";

/**
 * What a young device may do. `own`: only to what is its own, or no older than itself. `suspends`: what is
 * older, or has entered a contact's code, is suspended, and can object (see `noticeFor`).
 */
type Right = "yes" | "own" | "suspends" | "no";

/** By the name of the endpoint. */
export const RIGHTS = {
  "upload-backup": "yes",
  "get-backup": "yes",
  "list-backups": "yes",
  "delete-backup": "yes",
  "undelete-backup": "yes",
  "list-versions": "yes",
  "restore-version": "yes",
  "check-staleness": "yes",
  "diagnose-backup": "yes",
  "confirm-sign-in": "yes",
  "read-document": "yes",
  "open-document": "yes",
  "recover-accounts": "yes",
  "plan-recovery": "yes",
  "get-recovery": "yes",
  "repudiate-recovery": "suspends",
  "renew-credential": "yes",
  "start-step-up": "yes",
  "answer-step-up": "yes",
  "list-contacts": "yes",
  "add-contact": "own",
  "confirm-contact": "yes",
  "send-contact-code": "yes",
  "remove-contact": "own",
  "list-devices": "yes",
  "register-device": "yes",
  "object-to-revocation": "yes",
  "rename-device": "own",
  "revoke-device": "suspends",
  "issue-device-ticket": "no",
  "list-activity": "yes",
  "export-data": "no",
  "erase-data": "yes",
  "keep-data": "own",
} as const satisfies Record<string, Right>;
type Limited = { [Deed in keyof typeof RIGHTS]: (typeof RIGHTS)[Deed] extends "own" | "no" ? Deed : never };
/** What somebody must ask for before doing it. */
type Deed = Limited[keyof typeof RIGHTS];

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

/** The same, of a device by its id; undefined also if there is no such device. */
export function youngUntilIn(
  state: OwnerState | undefined,
  id: DeviceId,
  coolingOffHours: number,
  now: Date,
): Date | undefined {
  const devices = devicesOf(headsOf(state));
  const device = findDevice(devices, id);
  return device && youngUntil(device, devices, coolingOffHours, now);
}

type CoolingOff = { coolingOffHours: number; now: Date };

/**
 * Whether a code to this contact speaks for the device: it was confirmed before that came, and not by one
 * that is young itself. Else what a thief's first device adds would speak for the second one.
 */
export function speaksFor(
  { verifiedAt, addedBy }: Pick<Contact, "verifiedAt" | "addedBy">,
  device: Pick<Device, "registeredAt">,
  devices: Device[],
  { coolingOffHours, now }: CoolingOff,
): boolean {
  if (!verifiedAt || verifiedAt >= device.registeredAt) return false;
  if (later(verifiedAt, coolingOffHours * HOUR) <= now) return true;
  const by = devices.find(({ id }) => id === addedBy);
  return by !== undefined && youngUntil(by, devices, coolingOffHours, now) === undefined;
}

/** The state once a right code to this contact was entered on the device; the same if that proves nothing. */
export function withContactCode(
  state: OwnerState,
  id: DeviceId,
  contact: Contact | undefined,
  { record, ...cooling }: CoolingOff & { record: Parameters<typeof isEldest>[0] },
): OwnerState {
  const devices = devicesOf(headsOf(state));
  const device = findDevice(devices, id);
  if (!contact || !device || !speaksFor(contact, device, devices, cooling)) return state;
  const { now } = cooling;
  const eldest = isEldest(record, contact, now) && { eldestCodeAt: now };
  return withDeviceChange(state, id, { contactCodeAt: now, ...eldest });
}

/** `isOwn`: what it is to be done to is the device's own, or no older. Fails as `device-too-new`. */
export function requireRight(
  deed: Deed,
  { caller, held, now }: Asking,
  coolingOffHours: number,
  isOwn = false,
): void {
  if (RIGHTS[deed] === "own" && isOwn) return;
  const until = youngUntilIn(held?.state, caller.device, coolingOffHours, now);
  if (until) throw tooNew(until);
}

export const tooNew = (until: Date) =>
  new Failure(
    "device-too-new",
    `This device came lately. It may do that from ${until.toISOString()} on, or once a code is entered on it that went to a contact confirmed before it came.`,
    { youngUntil: until.toISOString() },
  );
