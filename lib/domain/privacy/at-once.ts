/** Erasing at once: only by a device on which the eldest contact's code was entered lately (R35, R45). Pure. */
import { type Device, findDevice } from "../device.ts";
import { Failure } from "../failure.ts";
import type { DeviceId } from "../owner.ts";
import { isFresh } from "../sign-in.ts";

/**
 * The code counts as long as a sign-in does. It went to the eldest contact: a thief who waits has one of their
 * own that is old enough for all else. With one a device isn't young. `devices`: of both platforms.
 * Fails as `contact-code-required`.
 */
export function requireMayEraseAtOnce(
  caller: DeviceId,
  devices: Device[],
  maxAgeSeconds: number,
  now: Date,
): void {
  const { eldestCodeAt } = findDevice(devices, caller) ?? {};
  if (!eldestCodeAt || !isFresh(eldestCodeAt, now, maxAgeSeconds)) throw codeRequired(maxAgeSeconds);
}

export const codeRequired = (maxAgeSeconds: number) =>
  new Failure(
    "contact-code-required",
    `Erasing at once takes a code, entered here in the last ${maxAgeSeconds} s, that went to the contact confirmed first, before this device came.`,
    { maxAgeSeconds },
  );
