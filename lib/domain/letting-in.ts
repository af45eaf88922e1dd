/** A device comes in, or back, by a fresh sign-in: that it takes another's place is told before, and what that one has counts no more (R17). */
import { alarm, type Outbox } from "./announcement.ts";
import type { CredentialStore } from "./credential.ts";
import { displacedBy, findDevice, isAway, isRevoked, type Subject } from "./device.ts";
import type { Head, HeadStore, StoredHead } from "./head.ts";
import { endCredentials, resumeCredentials, suspendCredentials } from "./issue.ts";
import type { Place } from "./owner.ts";
import { type RecordStore, readRecord } from "./owner-record.ts";
import { type Change, change } from "./store.ts";

type Stores = { heads: HeadStore; records: RecordStore; credentials: CredentialStore; outbox: Outbox };
type Coming = { place: Place; device: Subject; now: Date };

/**
 * `change` for a decision that lets the device in. A repeated request completes what was cut off: the list remembers whose place
 * was taken.
 */
export async function letIn<T>(
  stores: Stores,
  { place, device, now }: Coming,
  held: StoredHead | undefined,
  decide: (stored: StoredHead | undefined) => Change<Head, T>,
): Promise<{ result: T; stored: StoredHead }> {
  const { owner } = place;
  const known = findDevice(held?.value.devices ?? [], device.id);
  if (known && isAway(known, now)) await resumeCredentials(stores, owner, device.id);
  const told = new Set<string>();
  const { result, stored } = await change(stores.heads, place, held, async (latest) => {
    const decided = decide(latest);
    // Another one may have come first, so that only now a place has to be taken: no head is stored whose alarm isn't on its way.
    for (const id of displacedIn(decided, latest, device).filter((each) => !told.has(each))) {
      await tellOfDisplaced(stores, { place, device, now }, id);
      told.add(id);
    }
    return decided;
  });
  for (const left of displacedBy(stored.value.devices, device.id))
    await (isRevoked(left)
      ? endCredentials(stores, owner, left.id, now)
      : suspendCredentials(stores, owner, left.id));
  return { result, stored };
}

/** Who loses its place by this decision, each named with the time that it came to. */
function displacedIn<T>(decided: Change<Head, T>, latest: StoredHead | undefined, { id }: Subject): string[] {
  if (!("next" in decided)) return [];
  const before = displacedBy(latest?.value.devices ?? [], id);
  return displacedBy(decided.next.devices, id)
    .filter(
      (device) => !before.some((each) => each.id === device.id && isRevoked(each) === isRevoked(device)),
    )
    .map((device) => `${device.id} ${device.lastSeenAt.toISOString()}`);
}

async function tellOfDisplaced(
  { records, outbox }: Stores,
  { place: { owner }, device, now }: Coming,
  displaced: string,
): Promise<void> {
  const record = await readRecord(records, owner);
  const id = `displaced ${device.id} ${displaced}`;
  await alarm(outbox, owner, { kind: "device-displaced", device, record, now, id });
}
