/** Notes that what was uploaded is refused: the refusal neither fails by that nor waits for it for long. */
import { setTimeout } from "node:timers/promises";
import { noteRefusal as note } from "../../domain/backup/refused-upload.ts";
import type { OwnerStore, StoredOwner } from "../../domain/owner/owner-store.ts";
import type { Caller, Platform } from "../../domain/owner.ts";

const LONGEST_MS = 1000;

export async function noteRefusal(
  services: { owners: OwnerStore },
  {
    caller,
    platform,
    reading,
  }: { caller: Caller; platform: Platform | undefined; reading: Promise<StoredOwner | undefined> },
  refusal: unknown,
  now: Date,
): Promise<void> {
  if (!platform) return;
  const noting = reading.then((held) => note(services, { caller, held, now }, platform, refusal));
  // What keeps it from being noted, such as storage out of reach, is nothing that the app could do anything
  // about.
  await Promise.race([noting.catch(() => undefined), setTimeout(LONGEST_MS, undefined, { ref: false })]);
}
