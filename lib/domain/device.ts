/** One installation of the app: registered once, renamed, revoked for good (R17). */
import * as z from "zod";
import { Failure, invalid } from "./failure.ts";
import { type Caller, DeviceId, type Platform } from "./owner.ts";
import { plainText } from "./text.ts";

export const DeviceName = plainText(80).min(1);

const device = {
  id: DeviceId,
  name: DeviceName,
  registeredAt: z.coerce.date(),
  lastSeenAt: z.coerce.date(),
  lastRecoveryAt: z.coerce.date().optional(),
  revokedAt: z.coerce.date().optional(),
  /** Since when its uploads are refused, until one is taken. */
  refusedSince: z.coerce.date().optional(),
  /** When that was last noted, whether or not it is over. */
  refusalNotedAt: z.coerce.date().optional(),
};
export type Device = z.infer<z.ZodObject<typeof device>>;
/** Keeps what it doesn't know, as heads do. */
export const Device: z.ZodType<Device> = z.looseObject(device);

/** What a device is called until its owner names it. */
export const defaultName = { ios: "iOS device", android: "Android device" } as const satisfies Record<
  Platform,
  string
>;

/** The device that an alarm is about; one that is only now coming is registered now. */
export type Subject = Pick<Device, "id" | "name" | "registeredAt">;

export function subjectIn(devices: Device[], id: DeviceId, now: Date, name?: string): Subject {
  const known = findDevice(devices, id);
  return { id, name: name ?? known?.name ?? "", registeredAt: known?.registeredAt ?? now };
}

const MOST_SHOWN = 30;
const MOST_DIGITS = 6;

/**
 * The name as messages and pages show it: whoever comes in chooses it, so no link and no number to call may survive. `unnamed`:
 * where nothing does.
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
const MAX_REVOKED_KEPT = 100;

export const isActive = (device: Device) => device.revokedAt === undefined;

export const findDevice = (devices: Device[], id: string) => devices.find((device) => device.id === id);

/** R17: a revoked device is refused everywhere, an unknown one wherever newcomers aren't allowed. */
export function admit({ device }: Caller, devices: Device[], newcomers: boolean): void {
  const known = findDevice(devices, device);
  if (known?.revokedAt) throw new Failure("device-revoked", "This device was revoked.");
  if (!known && !newcomers) throw new Failure("device-unknown", "This device is not registered.");
}

/** A device belongs to one platform. Fails as `invalid-request` if it is on the list of the other one. */
export function requirePlatform({ device }: Caller, { own, all }: { own: Device[]; all: Device[] }): void {
  if (findDevice(own, device) || !findDevice(all, device)) return;
  throw invalid("platform", "must be the platform that this device is registered for");
}

/**
 * The list with this device in it, seen now. A device that is already there keeps its name and dates.
 * Fails as `too-many-devices`, or as `device-revoked` if it was revoked meanwhile.
 */
export function withDevice(
  devices: Device[],
  { id, name }: Pick<Device, "id" | "name">,
  now: Date,
): Device[] {
  const known = findDevice(devices, id);
  if (known?.revokedAt) throw new Failure("device-revoked", "This device was revoked.");
  if (known) return withChange(devices, id, { lastSeenAt: now });
  if (devices.filter(isActive).length >= MAX_ACTIVE) {
    throw new Failure("too-many-devices", `${MAX_ACTIVE} devices are registered already.`);
  }
  return [...devices, { id, name, registeredAt: now, lastSeenAt: now }];
}

export const withChange = (devices: Device[], id: string, change: Partial<Device>): Device[] =>
  devices.map((device) => (device.id === id ? { ...device, ...change } : device));

/** A hundred revoked devices stay on the list; of more, the oldest leave it: their keys are unknown then, and refused as such. */
export function withRevoked(devices: Device[], id: string, now: Date): Device[] {
  const latestFirst = devices
    .filter((device) => !isActive(device))
    .sort((a, b) => Number(b.revokedAt) - Number(a.revokedAt));
  const kept = latestFirst.slice(0, MAX_REVOKED_KEPT - 1);
  return withChange(devices, id, { revokedAt: now }).filter(
    (device) => device.id === id || isActive(device) || kept.includes(device),
  );
}
