/** "This was not me": a device loses everything at once, and everyone who should know is told (R18). */
import { announce, type Outbox } from "./announcement.ts";
import { recipientsIn } from "./contact.ts";
import type { CredentialStore } from "./credential.ts";
import type { Device } from "./device.ts";
import type { HeadStore, StoredHead } from "./head.ts";
import { endCredentials } from "./issue.ts";
import { DeviceId, OwnerId, type Platform } from "./owner.ts";
import { type RecordStore, readRecord } from "./owner-record.ts";
import { type Peppers, sameHash } from "./pepper.ts";
import { planRevocation } from "./registration.ts";
import { change } from "./store.ts";

export type Stores = { heads: HeadStore; records: RecordStore; credentials: CredentialStore; outbox: Outbox };
type Located = { platform: Platform; stored: StoredHead };

/** Ends the device and its credentials. Safe to repeat: what was cut off is completed. */
export async function endDevice(
  { heads, records, credentials }: Pick<Stores, "heads" | "records" | "credentials">,
  owner: OwnerId,
  id: DeviceId,
  { platform, stored }: Located,
  now: Date,
  admitted: (state: StoredHead) => void = () => undefined,
): Promise<Device> {
  const { result: device } = await change(heads, { owner, platform }, stored, (latest = stored) => {
    admitted(latest);
    return planRevocation(latest, id, now);
  });
  await endCredentials({ records, credentials }, owner, id);
  return device;
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

/** Ends the device, and tells every contact and the log; told again, it is the same announcement. */
export async function repudiate(
  stores: Stores,
  owner: OwnerId,
  id: DeviceId,
  located: Located,
  now: Date,
): Promise<Device> {
  const device = await endDevice(stores, owner, id, located, now);
  const recipients = recipientsIn(await readRecord(stores.records, owner));
  const told = { device: { id, name: device.name }, recipients, now, id: `repudiated ${id}` };
  await announce(stores.outbox, owner, { kind: "device-repudiated", ...told });
  return device;
}
