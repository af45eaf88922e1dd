/** "This was not me": a device loses everything at once, and everyone who should know is told (R18). */
import { alarm, type Outbox } from "./announcement.ts";
import { DAY, later, SECOND } from "./clock.ts";
import type { CredentialStore } from "./credential.ts";
import { type Device, findDevice, isRevoked, type Subject, subjectIn } from "./device.ts";
import { type WithdrawStores, withdrawErasure } from "./erasure.ts";
import { Failure } from "./failure.ts";
import type { Head, HeadStore, StoredHead } from "./head.ts";
import { endCredentials } from "./issue.ts";
import { DeviceId, OwnerId, Platform } from "./owner.ts";
import { changeRecord, type OwnerRecord, type RecordStore, readRecord } from "./owner-record.ts";
import { type Peppers, sameHash } from "./pepper.ts";
import type { Heads } from "./recovery-opening.ts";
import { planRevocation } from "./registration.ts";
import { undoContactsOf } from "./removed-contact.ts";
import { type Change, change } from "./store.ts";

export type Stores = { heads: HeadStore; records: RecordStore; credentials: CredentialStore; outbox: Outbox };

/** Who is told, and of what, when a device ends; `by`: on whose behalf. `undoContacts`: what it did to contacts is undone. */
type Ending = { owner: OwnerId; id: DeviceId; heads: Heads; told: Told; undoContacts?: boolean; now: Date };
type Told = { kind: "device-revoked" | "device-repudiated"; by: Subject };

/**
 * Credentials first, then word of it, then its contacts and the device itself, on every platform that lists it: what is cut off
 * still looks undone, and repeating completes it. Nobody is told twice. Fails as `device-not-found`.
 */
export async function endDevice(
  { heads: store, records, credentials, outbox }: Stores,
  { owner, id, heads, told, undoContacts = false, now }: Ending,
  admitted: (state: StoredHead) => void = () => undefined,
): Promise<Device> {
  const listed = Platform.options.flatMap((platform) => {
    const stored = heads[platform];
    return stored && findDevice(stored.value.devices, id) ? [{ platform, stored }] : [];
  });
  const [first] = listed;
  if (!first) throw new Failure("device-not-found", "There is no such device.");
  await endCredentials({ records, credentials }, owner, id, now);
  if (listed.some(({ stored }) => isThere(stored, id))) {
    const record = await readRecord(records, owner);
    const { kind, by } = told;
    await alarm(outbox, owner, { kind, device: by, record, now, id: `${kind} ${id}` });
  }
  if (undoContacts) {
    const undo = (record: OwnerRecord) => ({ result: undefined, record: undoContactsOf(record, id, now) });
    await changeRecord(records, owner, now, undo);
  }
  for (const { platform, stored } of listed) {
    await change(
      store,
      { owner, platform },
      stored,
      (latest): Change<Head, unknown, StoredHead | undefined> => {
        if (!latest) return { result: undefined, unchanged: undefined };
        admitted(latest);
        return planRevocation(latest, id, now);
      },
    );
  }
  return findDevice(first.stored.value.devices, id) ?? fail();
}

function isThere({ value }: StoredHead, id: DeviceId): boolean {
  const device = findDevice(value.devices, id);
  return device !== undefined && !isRevoked(device);
}

function fail(): never {
  throw new RangeError("no such device");
}

/** What the link in an alarm names: whose device, since when, and a keyed hash that only the service can make. */
const CAPABILITY = /^([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})\.([1-9]\d{9})\.([A-Za-z0-9_-]{43})$/;
const LINK_DAYS = 30;

type Alarm = { owner: OwnerId; device: DeviceId };

const macFor = (peppers: Peppers, { owner, device }: Alarm, since: string) =>
  peppers.hash("alarm", JSON.stringify([owner, device, since]));

/** Good for thirty days from `at`. */
export async function capabilityFor(peppers: Peppers, alarm: Alarm, at: Date): Promise<string> {
  const since = String(Math.floor(at.getTime() / SECOND));
  return `${alarm.owner}.${alarm.device}.${since}.${await macFor(peppers, alarm, since)}`;
}

/** Undefined for anything that the service didn't make, or made too long ago. */
export async function readCapability(peppers: Peppers, text: string, now: Date): Promise<Alarm | undefined> {
  const [, first = "", second = "", since = "", mac = ""] = CAPABILITY.exec(text) ?? [];
  const [owner, device] = [OwnerId.safeParse(first).data, DeviceId.safeParse(second).data];
  if (owner === undefined || device === undefined) return undefined;
  const isOurs = sameHash(await macFor(peppers, { owner, device }, since), mac);
  const isGood = later(new Date(Number(since) * SECOND), LINK_DAYS * DAY) > now;
  return isOurs && isGood ? { owner, device } : undefined;
}

/**
 * "This was not me": everyone is told that the device is shut out, and what it did to contacts and asked to be erased is undone. `by`: the owner's other
 * device that says so; one that came later than the device itself may be a thief's, and changes no contacts.
 */
export async function repudiate(
  stores: Stores & WithdrawStores,
  owner: OwnerId,
  id: DeviceId,
  heads: Heads,
  now: Date,
  by?: Subject,
): Promise<Device> {
  const device = subjectIn(
    Platform.options.flatMap((platform) => heads[platform]?.value.devices ?? []),
    id,
    now,
  );
  const undoContacts = by === undefined || by.registeredAt < device.registeredAt;
  const told = { kind: "device-repudiated" as const, by: device };
  await withdrawErasure(stores, owner, id);
  return await endDevice(stores, { owner, id, heads, told, undoContacts, now });
}
