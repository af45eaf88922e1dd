/** Notes refused uploads, so that staleness can say since when (R32). */

import { DAY, later } from "../clock.ts";
import { type Device, findDevice, isActive, withChange } from "../device.ts";
import type { Asking } from "../devices/admission.ts";
import { Failure, type FailureKind } from "../failure.ts";
import { changeHead, type OwnerStore } from "../owner/owner-store.ts";
import type { Caller, Platform } from "../owner.ts";
import type { Change } from "../store.ts";
import type { Head, StoredHead } from "./head.ts";

/** The app has to send something else before an upload succeeds. */
const NOTED: FailureKind[] = [
  "invalid-request",
  "body-required",
  "length-required",
  "body-too-large",
  "unsupported-media-type",
];

/** Ignores refusals that another document wouldn't cure. */
export async function noteRefusal(
  { owners }: { owners: OwnerStore },
  { caller, held, now }: Asking,
  platform: Platform,
  refusal: unknown,
): Promise<void> {
  if (!(refusal instanceof Failure && NOTED.includes(refusal.kind))) return;
  const place = { owner: caller.owner, platform };
  await changeHead(owners, place, held, (stored) => planRefusalNote(stored, caller, now));
}

/** Notes an active device's first refusal since its last good upload, at most once a day. */
export function planRefusalNote(
  stored: StoredHead | undefined,
  { device: id }: Pick<Caller, "device">,
  now: Date,
): Change<Head, void, StoredHead | undefined> {
  const device = stored && findDevice(stored.value.devices, id);
  if (!device || !isActive(device) || !isDue(device, now)) return { result: undefined, unchanged: stored };
  const devices = withChange(stored.value.devices, id, { refusedSince: now, refusalNotedAt: now });
  return { result: undefined, next: { ...stored.value, devices } };
}

const isDue = ({ refusedSince, refusalNotedAt }: Device, now: Date): boolean =>
  refusedSince === undefined && (refusalNotedAt === undefined || later(refusalNotedAt, DAY) <= now);

/** After a good upload: clears the device's refusal. */
export const withUpload = (devices: Device[], id: string, now: Date): Device[] =>
  withChange(devices, id, { refusedSince: undefined, lastUploadAt: now });
