/** Lets a device in, or back, by a fresh sign-in; announces first if it displaces another device (R17). */
/** The displaced device's credentials stop counting. */

import type { CredentialStore } from "../credentials/credential.ts";
import { endCredentials, resumeCredentials, settleCredentials } from "../credentials/issue.ts";
import { type AlarmDevice, displacedBy, findDevice, isAway, isRevoked } from "../device.ts";
import { alarm, type Outbox } from "../messages/announcement.ts";
import { devicesOf, headsOf } from "../owner/owner-state.ts";
import {
  changeOwner,
  type Decided,
  devicesIn,
  type OwnerStore,
  recordIn,
  type StoredOwner,
} from "../owner/owner-store.ts";
import type { BackupKey } from "../owner.ts";

type LettingInPorts = { owners: OwnerStore; credentials: CredentialStore; outbox: Outbox };
type Coming = { place: BackupKey; device: AlarmDevice; now: Date };

/**
 * `changeOwner` for a decision that lets the device in. A repeat completes an interrupted request: the list
 * remembers which devices were displaced.
 */
export async function letIn<R>(
  stores: LettingInPorts,
  { place: { owner }, device, now }: Coming,
  held: StoredOwner | undefined,
  decide: (held: StoredOwner | undefined) => Decided<R> | Promise<Decided<R>>,
): Promise<{ result: R; held: StoredOwner | undefined }> {
  const isAwayIn = (latest: StoredOwner | undefined) => {
    const known = findDevice(devicesIn(latest), device.id);
    return known !== undefined && isAway(known, now);
  };
  let isBack = isAwayIn(held);
  if (isBack) await resumeCredentials(stores, owner, held, device.id);
  const told = new Set<string>();
  const { result, held: after } = await changeOwner(stores.owners, owner, held, async (latest) => {
    const decided = await decide(latest);
    isBack ||= isAwayIn(latest);
    // After losing a race, this decision may be the first to displace a device: queue its alarm before
    // storing.
    for (const id of displacedIn(decided, latest, device).filter((each) => !told.has(each))) {
      const displaced = { kind: "device-displaced" as const, device, record: await recordIn(latest), now };
      await alarm(stores.outbox, owner, { ...displaced, id: `displaced ${device.id} ${id}` });
      told.add(id);
    }
    return decided;
  });
  let state = isBack ? await settleCredentials(stores, owner, after, device.id) : after;
  for (const left of displacedBy(devicesIn(after), device.id)) {
    if (isRevoked(left)) state = await endCredentials(stores, owner, state, left.id, now);
    else state = await settleCredentials(stores, owner, state, left.id);
  }
  return { result, held: state };
}

/** The devices that this decision displaces, each with the time it was last seen. */
function displacedIn<R>(
  { next }: Decided<R>,
  latest: StoredOwner | undefined,
  { id }: AlarmDevice,
): string[] {
  if (!next) return [];
  const before = displacedBy(devicesIn(latest), id);
  return displacedBy(devicesOf(headsOf(next.state)), id)
    .filter(
      (device) => !before.some((each) => each.id === device.id && isRevoked(each) === isRevoked(device)),
    )
    .map((device) => `${device.id} ${device.lastSeenAt.toISOString()}`);
}
