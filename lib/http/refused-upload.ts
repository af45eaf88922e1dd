/** Notes that what was uploaded is refused: the refusal neither fails by that nor waits for it for long. */
import { setTimeout } from "node:timers/promises";
import type { Caller, Platform } from "../domain/owner.ts";
import { changeHead, type OwnerStore, type StoredOwner } from "../domain/owner-store.ts";
import { planRefusalNote } from "../domain/refused-upload.ts";
import { kindOf } from "./problem.ts";
import type { ProblemKind } from "./problems.ts";

/** The app has to send something else; nothing of it will be stored before. */
const NOTED: ProblemKind[] = [
  "invalid-request",
  "body-required",
  "length-required",
  "body-too-large",
  "unsupported-media-type",
];

const LONGEST_MS = 1000;

export async function noteRefusal(
  owners: OwnerStore,
  {
    caller,
    platform,
    reading,
  }: { caller: Caller; platform: Platform | undefined; reading: Promise<StoredOwner | undefined> },
  error: unknown,
  now: Date,
): Promise<void> {
  if (!platform || !NOTED.includes(kindOf(error))) return;
  const place = { owner: caller.owner, platform };
  const noting = reading.then((held) =>
    changeHead(owners, place, held, (stored) => planRefusalNote(stored, caller, now)),
  );
  // What keeps it from being noted, such as storage out of reach, is nothing that the app could do anything about.
  await Promise.race([noting.catch(() => undefined), setTimeout(LONGEST_MS, undefined, { ref: false })]);
}
