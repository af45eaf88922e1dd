/** A device is one installation of the app: registered, renamed, suspended, let in again, revoked (R17). */
import * as z from "zod";
import { DAY, later } from "./clock.ts";
import { Failure, invalid } from "./failure.ts";
import { type Caller, DeviceId, type Platform } from "./owner.ts";
import { plainText } from "./text.ts";

/** As it is sent; a stored one is any text, so that a stricter rule leaves its owner readable. */
export const DeviceName = plainText(80).min(1);

const device = {
  id: DeviceId,
  name: z.string(),
  registeredAt: z.coerce.date(),
  lastSeenAt: z.coerce.date(),
  lastRecoveryAt: z.coerce.date().optional(),
  lastUploadAt: z.coerce.date().optional(),
  revokedAt: z.coerce.date().optional(),
  suspendedAt: z.coerce.date().optional(),
  /** The device that took its place, if it was suspended or revoked for that. */
  displacedBy: DeviceId.optional(),
  /** The later device that wants this one revoked: it is at `revokeAt`, unless it objects (R45). */
  suspendedBy: DeviceId.optional(),
  revokeAt: z.coerce.date().optional(),
  /** When such a suspension was last lifted. */
  objectedAt: z.coerce.date().optional(),
  /** When the device last entered a code sent to a contact that was confirmed before it came (R45). */
  contactCodeAt: z.coerce.date().optional(),
  /** The same, of a contact that none was confirmed before (R35). */
  eldestCodeAt: z.coerce.date().optional(),
  /** Since when its uploads have been refused; cleared by a good upload. */
  refusedSince: z.coerce.date().optional(),
  /** When a refusal was last noted, whether or not it is over. */
  refusalNotedAt: z.coerce.date().optional(),
};
export type Device = z.infer<z.ZodObject<typeof device>>;
/** Keeps unknown members, as heads do. */
export const Device: z.ZodType<Device> = z.looseObject(device);

/** A device's name until its owner gives it one. */
export const defaultName = { ios: "iOS device", android: "Android device" } as const satisfies Record<
  Platform,
  string
>;

/** The device that an alarm is about; a device that is only just coming counts as registered now. */
export type AlarmDevice = Pick<Device, "id" | "name" | "registeredAt">;

export function alarmDeviceIn(devices: Device[], id: DeviceId, now: Date, name?: string): AlarmDevice {
  const known = findDevice(devices, id);
  return { id, name: name ?? known?.name ?? "", registeredAt: known?.registeredAt ?? now };
}

const MOST_SHOWN = 30;
const MOST_DIGITS = 6;

/**
 * The name as messages and pages show it. Anyone who signs in can choose a device's name, so no link or phone
 * number may survive. `unnamed`: used if nothing else is left.
 */
export function shownName(name: string, unnamed: string): string {
  const plain = name
    .normalize("NFC")
    .replaceAll(/[^\p{L}\p{N} '_-]/gu, " ")
    .replaceAll(/ +/g, " ");
  const isNumber = plain.replaceAll(/\P{N}/gu, "").length > MOST_DIGITS;
  const letters = Array.from((isNumber ? plain.replaceAll(/\p{N}/gu, "") : plain).trim());
  return letters.slice(0, MOST_SHOWN).join("").trim() || unnamed;
}

const MAX_ACTIVE = 30;
const MAX_SUSPENDED = 30;
const MAX_REVOKED_KEPT = 100;
/**
 * After this long unseen a device may lose its place for good to another one; before that it is only
 * suspended.
 */
const KEPT_UNSEEN = 30 * DAY;
const LONGEST_UNSEEN = 365 * DAY;

export const isRevoked = ({ revokedAt }: Device) => revokedAt !== undefined;
const isSuspended = (device: Device) => !isRevoked(device) && device.suspendedAt !== undefined;
/**
 * Suspended by a device that came later. `revokeAt` alone doesn't say so: an older release leaves it as it is
 * when it lets the device in again or has it displaced.
 */
export const isOnNotice = (device: Device): device is Device & { revokeAt: Date } =>
  isSuspended(device) && device.revokeAt !== undefined && device.displacedBy === undefined;
export const isActive = (device: Device) => !isRevoked(device) && !isSuspended(device);

/**
 * Unseen for a year: only a fresh sign-in lets it in again, like a suspended device. Its codes still count.
 */
const isDormant = ({ lastSeenAt }: Device, now: Date) => later(lastSeenAt, LONGEST_UNSEEN) < now;
/** Registered, but needs to be let in again. */
export const isAway = (device: Device, now: Date) =>
  isSuspended(device) || (isActive(device) && isDormant(device, now));

export const findDevice = (devices: Device[], id: string) => devices.find((device) => device.id === id);

/** `objecting`: those that are registered, and those that a device that came later has suspended. */
export type Admitted = "registered" | "objecting" | "any";

/**
 * R17: refuses a revoked device always, and an unknown or away one where only registered devices may come.
 * R45: a device that a later one has suspended is heard only where it objects.
 */
export function admit({ device }: Caller, devices: Device[], who: Admitted, now: Date): void {
  const known = findDevice(devices, device);
  if (known) requireNotRevoked(known);
  if (known && isOnNotice(known) && who === "objecting") return;
  if (known) requireNotOnNotice(known);
  if (who === "any") return;
  if (!known) throw new Failure("device-unknown", "This device is not registered.");
  if (isSuspended(known)) throw away("This device is suspended: another device took its place.");
  if (isDormant(known, now)) throw away("This device has changed nothing for a year.");
}

/** Checks that nobody has ended the device since it was let in. */
export function requireStillIn({ device }: Caller, devices: Device[]): void {
  const known = findDevice(devices, device);
  if (known) requireNotRevoked(known);
  if (known) requireNotOnNotice(known);
  if (known && isSuspended(known)) throw away("This device was suspended meanwhile.");
}

function requireNotOnNotice(device: Device): void {
  if (!isOnNotice(device)) return;
  const suspendedUntil = device.revokeAt.toISOString();
  throw new Failure(
    "device-suspended",
    `Another device, which came lately, wants this one revoked. That happens at ${suspendedUntil}, unless this one objects before then.`,
    { suspendedUntil },
  );
}

function requireNotRevoked(device: Device): void {
  if (isRevoked(device)) throw new Failure("device-revoked", "This device was revoked.");
}

const away = (detail: string) => new Failure("device-suspended", detail);

/** A device belongs to one platform. Fails as `invalid-request` if it is on the list of the other one. */
export function requirePlatform({ device }: Caller, { own, all }: { own: Device[]; all: Device[] }): void {
  if (findDevice(own, device) || !findDevice(all, device)) return;
  throw invalid("platform", "must be the platform that this device is registered for");
}

/**
 * Adds this device to the list, seen now. A known device keeps its name and dates; one that is away is let in
 * again. If thirty are active, it displaces the one unseen for longest. Fails as `device-revoked` or
 * `device-suspended`.
 */
export function withDevice(
  devices: Device[],
  { id, name }: Pick<Device, "id" | "name">,
  now: Date,
): Device[] {
  const known = findDevice(devices, id);
  if (known) requireNotRevoked(known);
  if (known) requireNotOnNotice(known);
  if (known && isActive(known)) return withSeen(devices, id, now);
  const room = withRoom(devices, id, now);
  if (!known) return [...room, { id, name, registeredAt: now, lastSeenAt: now }];
  return withChange(room, id, { lastSeenAt: now, suspendedAt: undefined, displacedBy: undefined });
}

export const withChange = (devices: Device[], id: string, change: Partial<Device>): Device[] =>
  devices.map((device) => (device.id === id ? { ...device, ...change } : device));

export const withSeen = (devices: Device[], id: string, now: Date): Device[] =>
  withChange(devices, id, { lastSeenAt: now });

/** The devices that this one has displaced. */
export const displacedBy = (devices: Device[], id: DeviceId): Device[] =>
  devices.filter((device) => device.displacedBy === id && !isActive(device));

/**
 * The device unseen for longest makes room: revoked if that was long ago, otherwise suspended until its owner
 * signs in on it.
 */
function withRoom(devices: Device[], by: DeviceId, now: Date): Device[] {
  const active = devices.filter(isActive);
  if (active.length < MAX_ACTIVE) return devices;
  const leaving = longestUnseen(active);
  if (!leaving) return devices;
  if (later(leaving.lastSeenAt, KEPT_UNSEEN) < now) return withRevoked(devices, leaving.id, now, by);
  const suspended = withChange(devices, leaving.id, { suspendedAt: now, displacedBy: by });
  return withFewSuspended(suspended, by, now);
}

/**
 * Of too many suspended devices, revokes one: one unseen for long, otherwise the latest to register, so that
 * a series of new devices can't drive out earlier ones. Never the device that is coming back.
 */
function withFewSuspended(devices: Device[], by: DeviceId, now: Date): Device[] {
  const suspended = devices.filter(
    (device) => isSuspended(device) && !isOnNotice(device) && device.id !== by,
  );
  if (suspended.length <= MAX_SUSPENDED) return devices;
  const longest = longestUnseen(suspended);
  const isLong = longest && later(longest.lastSeenAt, KEPT_UNSEEN) < now;
  const leaving = isLong ? longest : suspended.toSorted(byTime("registeredAt")).at(-1);
  return leaving ? withRevoked(devices, leaving.id, now, by) : devices;
}

/** The earliest first. */
export const byTime = (time: "lastSeenAt" | "registeredAt") => (one: Device, other: Device) =>
  Number(one[time]) - Number(other[time]);
const longestUnseen = (devices: Device[]) => devices.toSorted(byTime("lastSeenAt"))[0];

/**
 * Keeps a hundred revoked devices. Others leave the list; their keys are then refused as unknown. `by`: the
 * device that takes its place.
 */
export function withRevoked(devices: Device[], id: string, now: Date, by?: DeviceId): Device[] {
  const others = devices.filter((device) => isRevoked(device) && device.id !== id);
  const kept = new Set(mostToKeep(others, now).slice(0, MAX_REVOKED_KEPT - 1));
  return withChange(devices, id, { revokedAt: now, displacedBy: by }).filter(
    (device) => device.id === id || !isRevoked(device) || kept.has(device),
  );
}

/**
 * Of those revoked in the last thirty days, the first to register come first, so that a series of new devices
 * can't drive out an earlier one, with what the history keeps of it. Then the others, the latest first.
 */
function mostToKeep(revoked: Device[], now: Date): Device[] {
  const isLate = ({ revokedAt = now }: Device) => later(revokedAt, KEPT_UNSEEN) >= now;
  const latestFirst = revoked.toSorted((one, other) => Number(other.revokedAt) - Number(one.revokedAt));
  return [
    ...latestFirst.filter(isLate).toSorted(byTime("registeredAt")),
    ...latestFirst.filter((device) => !isLate(device)),
  ];
}
