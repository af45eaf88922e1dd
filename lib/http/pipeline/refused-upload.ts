/** Notes a refused upload. A slow or failed note neither delays the refusal much nor changes it. */
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
  // Ignore errors such as unreachable storage: the app couldn't do anything about them.
  await Promise.race([noting.catch(() => undefined), setTimeout(LONGEST_MS, undefined, { ref: false })]);
}
