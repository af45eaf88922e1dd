/** "This was not me": a device loses everything at once, and everyone who should know is told (R18). */
import { announce, type Outbox } from "./announcement.ts";
import { recipientsIn } from "./contact.ts";
import type { CredentialStore } from "./credential.ts";
import { type Device, findDevice } from "./device.ts";
import { Failure } from "./failure.ts";
import type { HeadStore, StoredHead } from "./head.ts";
import { endCredentials } from "./issue.ts";
import { DeviceId, OwnerId, Platform } from "./owner.ts";
import { type RecordStore, readRecord } from "./owner-record.ts";
import { type Peppers, sameHash } from "./pepper.ts";
import type { Heads } from "./recovery-opening.ts";
import { planRevocation } from "./registration.ts";
import { change } from "./store.ts";

export type Stores = { heads: HeadStore; records: RecordStore; credentials: CredentialStore; outbox: Outbox };

/** Who is told, and of what, when a device ends; `by`: on whose behalf. */
type Ending = { owner: OwnerId; id: DeviceId; heads: Heads; told: Told; now: Date };
type Told = { kind: "device-revoked" | "device-repudiated"; by: { id: DeviceId; name: string } };

/**
 * Credentials first, then word of it, then the device itself, on every platform that lists it: what is cut off still looks
 * undone, and repeating completes it. Fails as `device-not-found`.
 */
export async function endDevice(
  { heads: store, records, credentials, outbox }: Stores,
  { owner, id, heads, told, now }: Ending,
  admitted: (state: StoredHead) => void = () => undefined,
): Promise<Device> {
  const listed = Platform.options.flatMap((platform) => {
    const stored = heads[platform];
    return stored && findDevice(stored.value.devices, id) ? [{ platform, stored }] : [];
  });
  const [first] = listed;
  if (!first) throw new Failure("device-not-found", "There is no such device.");
  await endCredentials({ records, credentials }, owner, id);
  const recipients = recipientsIn(await readRecord(records, owner));
  const { kind, by } = told;
  await announce(outbox, owner, { kind, device: by, recipients, now, id: `${kind} ${id}` });
  for (const { platform, stored } of listed) {
    await change(store, { owner, platform }, stored, (latest = stored) => {
      admitted(latest);
      return planRevocation(latest, id, now);
    });
  }
  return findDevice(first.stored.value.devices, id) ?? fail();
}

function fail(): never {
  throw new RangeError("no such device");
}

/** What the link in an alarm names: whose device, and a keyed hash that only the service can make. */
const CAPABILITY = /^([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})$/;

const macFor = (peppers: Peppers, owner: OwnerId, device: DeviceId) =>
  peppers.hash("alarm", JSON.stringify([owner, device]));

export const capabilityFor = async (peppers: Peppers, owner: OwnerId, device: DeviceId): Promise<string> =>
  `${owner}.${device}.${await macFor(peppers, owner, device)}`;

/** Undefined for anything that the service didn't make. */
export async function readCapability(
  peppers: Peppers,
  text: string,
): Promise<{ owner: OwnerId; device: DeviceId } | undefined> {
  const [, first = "", second = "", mac = ""] = CAPABILITY.exec(text) ?? [];
  const [owner, device] = [OwnerId.safeParse(first).data, DeviceId.safeParse(second).data];
  if (owner === undefined || device === undefined) return undefined;
  return sameHash(await macFor(peppers, owner, device), mac) ? { owner, device } : undefined;
}

/** "This was not me": everyone is told that the device is shut out. */
export async function repudiate(
  stores: Stores,
  owner: OwnerId,
  id: DeviceId,
  heads: Heads,
  now: Date,
): Promise<Device> {
  const name = Platform.options
    .map((platform) => findDevice(heads[platform]?.value.devices ?? [], id)?.name)
    .find((each) => each !== undefined);
  const told = { kind: "device-repudiated" as const, by: { id, name: name ?? "" } };
  return await endDevice(stores, { owner, id, heads, told, now });
}
