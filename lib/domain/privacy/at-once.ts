/** Erasing at once: only by a device on which a contact's code was entered lately (R35, R45). Pure. */
import { type Device, findDevice } from "../device.ts";
import { Failure } from "../failure.ts";
import type { DeviceId } from "../owner.ts";
import { isFresh } from "../sign-in.ts";

/**
 * The code counts as long as a sign-in does. With one a device isn't young. `devices`: of both platforms.
 * Fails as `contact-code-required`.
 */
export function requireMayEraseAtOnce(
  caller: DeviceId,
  devices: Device[],
  maxAgeSeconds: number,
  now: Date,
): void {
  const { contactCodeAt } = findDevice(devices, caller) ?? {};
  if (!contactCodeAt || !isFresh(contactCodeAt, now, maxAgeSeconds)) throw codeRequired(maxAgeSeconds);
}

export const codeRequired = (maxAgeSeconds: number) =>
  new Failure(
    "contact-code-required",
    `Erasing at once takes a code, entered here in the last ${maxAgeSeconds} s, that went to a contact confirmed before this device came.`,
    { maxAgeSeconds },
  );
