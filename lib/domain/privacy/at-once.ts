/** Erasing at once: only by a device that isn't young, with a contact's code (R35, R45). Pure. */
import { type Device, findDevice } from "../device.ts";
import { youngUntil } from "../devices/young.ts";
import { Failure } from "../failure.ts";
import type { DeviceId } from "../owner.ts";
import { isFresh } from "../sign-in.ts";

export type AtOncePolicy = { contactCoolingOffHours: number; signInMaxAgeSeconds: number };

/**
 * The code counts as long as a sign-in does. `devices`: of both platforms, revoked ones too. Fails as
 * `contact-code-required`.
 */
export function requireMayEraseAtOnce(
  caller: DeviceId,
  devices: Device[],
  { contactCoolingOffHours, signInMaxAgeSeconds }: AtOncePolicy,
  now: Date,
): void {
  const device = findDevice(devices, caller);
  const { contactCodeAt } = device ?? {};
  const isLately = contactCodeAt && isFresh(contactCodeAt, now, signInMaxAgeSeconds);
  if (device && isLately && !youngUntil(device, devices, contactCoolingOffHours, now)) return;
  throw codeRequired(signInMaxAgeSeconds);
}

export const codeRequired = (maxAgeSeconds: number) =>
  new Failure(
    "contact-code-required",
    `Erasing at once takes a code, entered here in the last ${maxAgeSeconds} s, that went to a contact confirmed before this device came.`,
    { maxAgeSeconds },
  );
