/** "This was not me": ends a device with all it has, and notifies the owner's contacts (R18). */

import { DAY, later, SECOND } from "../clock.ts";
import { undoContactsOf } from "../contacts/contact.ts";
import type { CredentialStore } from "../credentials/credential.ts";
import { endEach, settleCredentials } from "../credentials/issue.ts";
import { accountsOf, withoutDevice } from "../credentials/proven-account.ts";
import {
  type AlarmDevice,
  alarmDeviceIn,
  type Device,
  defaultName,
  findDevice,
  isOnNotice,
  isRevoked,
  requireStillIn,
  withRevoked,
} from "../device.ts";
import { Failure } from "../failure.ts";
import { alarm, type Outbox } from "../messages/announcement.ts";
import {
  devicesOf,
  headsOf,
  newState,
  type OwnerState,
  withDevices,
  withHead,
} from "../owner/owner-state.ts";
import { changeOwner, devicesIn, type OwnerStore, recordIn, type StoredOwner } from "../owner/owner-store.ts";
import { DeviceId, OwnerId, Platform } from "../owner.ts";
import { withoutErasure } from "../privacy/erasure.ts";
import { findRecovery, type RecoveryRecord, type RecoveryStore } from "../recovery/record.ts";
import { type KeyedHash, sameHash } from "../sealing/keyed-hash.ts";
import { type Asking, callerDevice } from "./admission.ts";
import { giveNotice, noticeFor, withoutNoticesOf } from "./notice.ts";

type RepudiationPorts = { owners: OwnerStore; credentials: CredentialStore; outbox: Outbox };

type Policy = { contactCoolingOffHours: number };

/**
 * For good, from the next request on; but a young device only suspends an older one, until the time that is
 * answered. Its request for erasure goes with it. A device that came earlier also undoes its deeds: it may have
 * been a stranger's. Safe to repeat. Fails as `device-not-found`, or as `requireStillIn` and `noticeFor` do.
 */
export async function revokeDevice(
  stores: RepudiationPorts,
  asking: Asking,
  id: DeviceId,
  { contactCoolingOffHours: coolingOffHours }: Policy,
): Promise<Date | undefined> {
  const { caller, held, now } = asking;
  const asked = { id, by: caller.device };
  const until = noticeFor(devicesIn(held), asked, coolingOffHours, now);
  if (until) return await giveNotice(stores, asking, id, until, coolingOffHours);
  const by = callerDevice(asking);
  const told = { kind: "device-revoked" as const, by };
  const isByOlder = isOlder(by, alarmDeviceIn(devicesIn(held), id, now));
  const undone = { deeds: isByOlder, erasure: id !== caller.device };
  await endDevice(stores, held, { owner: caller.owner, id, told, undone, coolingOffHours, now }, (state) => {
    const devices = devicesOf(headsOf(state));
    requireStillIn(caller, devices);
    noticeFor(devices, asked, coolingOffHours, now);
  });
  return undefined;
}

/**
 * Ends the recovering device and everything it got, or suspends it as `revokeDevice` does. Safe to repeat.
 * Fails as `recovery-not-found`, `device-not-found`, or as `noticeFor` does.
 */
export async function repudiateRecovery(
  stores: RepudiationPorts & { recoveries: RecoveryStore },
  asking: Asking,
  id: string,
  { contactCoolingOffHours: coolingOffHours }: Policy,
): Promise<RecoveryRecord> {
  const { caller, held, now } = asking;
  const { owner } = caller;
  const { value: recovery } = await findRecovery(stores.recoveries, owner, held, id);
  const asked = { id: recovery.device, by: caller.device };
  const until = noticeFor(devicesIn(held), asked, coolingOffHours, now);
  if (until) await giveNotice(stores, asking, recovery.device, until, coolingOffHours);
  else
    await repudiate(stores, held, {
      owner,
      id: recovery.device,
      by: callerDevice(asking),
      coolingOffHours,
      now,
    });
  return recovery;
}

/**
 * A device that a later one has suspended says that it is its owner's: the later one is ended, and all that
 * it suspended are back. Safe to repeat. Fails as `device-revoked` once the time is over, or as
 * `device-suspended` where a contact's code speaks for the later one.
 */
export async function objectToRevocation(
  stores: RepudiationPorts,
  asking: Asking,
  { contactCoolingOffHours: coolingOffHours }: Policy,
): Promise<Device> {
  const { caller, held, now } = asking;
  const { owner } = caller;
  const device = findDevice(devicesIn(held), caller.device);
  if (!device) throw new Failure("device-unknown", "This device is not registered.");
  const { suspendedBy: id } = device;
  if (!id) return device;
  const admitted = (state: OwnerState) =>
    requireMayObject(devicesOf(headsOf(state)), { id: device.id, by: id }, now);
  admitted(held?.state ?? newState());
  if (isOnNotice(device)) {
    if (findDevice(devicesIn(held), id))
      await repudiate(stores, held, { owner, id, coolingOffHours, now }, admitted);
    else await liftNotices(stores.owners, owner, held, id, now);
  }
  const after = await settleCredentials(stores, owner, await stores.owners.find(owner), device.id);
  return findDevice(devicesIn(after), device.id) ?? device;
}

/** Of a device that is so long gone that it isn't even listed. */
const liftNotices = (
  owners: OwnerStore,
  owner: OwnerId,
  held: StoredOwner | undefined,
  by: DeviceId,
  now: Date,
) =>
  changeOwner(owners, owner, held, (latest) =>
    latest
      ? { result: undefined, next: { state: withoutNoticesOf(latest.state, by, now) } }
      : { result: undefined },
  );

function requireMayObject(devices: Device[], asked: { id: DeviceId; by: DeviceId }, now: Date): void {
  const [device, by] = [findDevice(devices, asked.id), findDevice(devices, asked.by)];
  if (!device || !isOnNotice(device)) return;
  if (device.revokeAt <= now) throw new Failure("device-revoked", "The time to object is over.");
  if (!by?.contactCodeAt || isRevoked(by)) return;
  throw new Failure(
    "device-suspended",
    "A code to an older contact was entered on the device that wants this one revoked: it counts for more.",
  );
}

/** Those that haven't objected in time. */
export async function revokeOverdue(
  stores: RepudiationPorts,
  owner: OwnerId,
  held: StoredOwner,
  coolingOffHours: number,
  now: Date,
): Promise<StoredOwner | undefined> {
  let state: StoredOwner | undefined = held;
  for (const { id, suspendedBy } of devicesIn(held).filter((device) => isOverdue(device, now))) {
    const by = alarmDeviceIn(devicesIn(held), suspendedBy ?? id, now);
    const told = { kind: "device-revoked" as const, by };
    const ending = { owner, id, told, coolingOffHours, now };
    const ended = await endDevice(stores, state, ending, (latest) => {
      const device = findDevice(devicesOf(headsOf(latest)), id);
      if (device && !isRevoked(device) && !isOverdue(device, now))
        throw new Failure("busy", "The device has objected meanwhile.", { retryAfterSeconds: 1 });
    });
    state = ended.held;
  }
  return state;
}

const isOverdue = (device: Device, now: Date) => isOnNotice(device) && device.revokeAt <= now;

/**
 * `ended`: the link was good for a device, which has no access any more. `erased`: as `findAlarm` says. Safe
 * to repeat.
 */
export async function repudiateAlarm(
  stores: RepudiationPorts & { keyedHash: KeyedHash },
  capability: string,
  { contactCoolingOffHours: coolingOffHours }: Policy,
  now: Date,
): Promise<"ended" | "erased" | undefined> {
  const found = await findAlarm(stores, capability, now);
  if (found === undefined || found === "erased") return found;
  await repudiate(stores, found.held, { owner: found.owner, id: found.id, coolingOffHours, now });
  return "ended";
}

/** `device`: undefined where it isn't on the list: it hasn't come yet, or went long ago. */
type FoundAlarm = { owner: OwnerId; held: StoredOwner; id: DeviceId; device: Device | undefined };

/**
 * What the alarm is about. `erased`: its owner was since, or is being, so that no device is left to shut out.
 * Undefined where the link isn't ours or is too old.
 */
export async function findAlarm(
  { owners, keyedHash }: { owners: OwnerStore; keyedHash: KeyedHash },
  capability: string,
  now: Date,
): Promise<FoundAlarm | "erased" | undefined> {
  const alarm = await readCapability(keyedHash, capability, now);
  if (!alarm) return undefined;
  const held = await owners.find(alarm.owner);
  if (!held || held.state.erasure?.begunAt) return "erased";
  const device = findDevice(devicesIn(held), alarm.device);
  if (!device && hasBegunSince(held, alarm.since)) return "erased";
  return { owner: alarm.owner, held, id: alarm.device, device };
}

/** Whether the link has nothing left to do: a device that revoked itself leaves behind what it did. */
export async function isSettled(
  { held, id, device }: FoundAlarm,
  { contactCoolingOffHours }: Policy,
  now: Date,
): Promise<boolean> {
  const { state } = held;
  if (!device || !isRevoked(device)) return false;
  if (withoutNoticesOf(withoutErasure(state, id), id, now) !== state) return false;
  const record = await recordIn(held);
  const before = record.contacts;
  const { contacts } = undoContactsOf(record, id, contactCoolingOffHours, now);
  return contacts.length === before.length && contacts.every((each) => before.includes(each));
}

/** Whoever is told of anything has a device: where each came later, those of that time were erased. */
const hasBegunSince = (held: StoredOwner, since: Date): boolean =>
  devicesIn(held).every(({ registeredAt }) => registeredAt > since);

/**
 * How a device ends. `told`: the announcement; its `by` is the device that it names. `undone`: whether to
 * undo the device's deeds within the cooling-off (its changes to contacts, its suspensions), and its request
 * for erasure. `bars`: also a device that isn't listed; it can't come then.
 */
type Ending = {
  owner: OwnerId;
  id: DeviceId;
  told: { kind: "device-revoked" | "device-repudiated"; by: AlarmDevice };
  undone?: { deeds: boolean; erasure: boolean };
  bars?: boolean;
  coolingOffHours: number;
  now: Date;
};

const NOTHING = { deeds: false, erasure: false };

/** What a device did is undone by one that was there before it; one that came later may be a thief's. */
const isOlder = (by: AlarmDevice, device: AlarmDevice) => by.registeredAt < device.registeredAt;

/**
 * Announces it first, then revokes the device on every platform that lists it and undoes its changes, then
 * ends its credentials. A repeat or the sweep completes an interrupted run. Notifies nobody twice. Fails as
 * `device-not-found`, or as `admitted` does.
 */
export async function endDevice(
  { owners, credentials, outbox }: RepudiationPorts,
  held: StoredOwner | undefined,
  { owner, id, told, undone = NOTHING, bars = false, coolingOffHours, now }: Ending,
  admitted: (state: OwnerState) => void = () => undefined,
): Promise<{ device: Device | undefined; held: StoredOwner | undefined }> {
  const device = findDevice(devicesIn(held), id);
  if (!device && !bars) throw new Failure("device-not-found", "There is no such device.");
  if (!device || isListed(held, id)) {
    const { kind, by } = told;
    const alarmed = `${kind} ${id} ${device?.registeredAt.toISOString() ?? ""}`;
    await alarm(outbox, owner, { kind, device: by, record: await recordIn(held), now, id: alarmed });
  }
  const { result: accounts, held: after } = await changeOwner(owners, owner, held, async (latest) => {
    if (!latest) return { result: [] };
    admitted(latest.state);
    const before = await recordIn(latest);
    const { accounts, record } = withoutDevice(
      undone.deeds ? undoContactsOf(before, id, coolingOffHours, now) : before,
      id,
    );
    const isEnded = !isListed(latest, id) && before.endedDevices.includes(id);
    if (isEnded && !undone.deeds && !undone.erasure) return { result: accounts };
    const kept = undone.erasure ? withoutErasure(latest.state, id) : latest.state;
    const lifted = undone.deeds ? withoutNoticesOf(kept, id, now) : kept;
    const state = withRevokedDevice(bars ? withListed(lifted, id, now) : lifted, id, now);
    const pendingEnds = new Set([...state.pendingEnds, ...(accounts.length > 0 ? [id] : [])]);
    return { result: accounts, next: { state: { ...state, pendingEnds: [...pendingEnds] }, record } };
  });
  await endEach(credentials, accounts, { owner, device: id }, now);
  let state = await withEnded(owners, owner, after, id);
  for (const lifted of devicesIn(state).filter(({ suspendedBy }) => undone.deeds && suspendedBy === id))
    state = await settleCredentials({ owners, credentials }, owner, state, lifted.id);
  return { device, held: state };
}

/** Completes interrupted revocations. */
export async function endPending(
  { owners, credentials }: Pick<RepudiationPorts, "owners" | "credentials">,
  owner: OwnerId,
  held: StoredOwner,
  now: Date,
): Promise<StoredOwner | undefined> {
  let state: StoredOwner | undefined = held;
  for (const id of held.state.pendingEnds) {
    await endEach(credentials, accountsOf(await recordIn(state), id), { owner, device: id }, now);
    state = await withEnded(owners, owner, state, id);
  }
  return state;
}

const withEnded = async (
  owners: OwnerStore,
  owner: OwnerId,
  held: StoredOwner | undefined,
  id: DeviceId,
): Promise<StoredOwner | undefined> =>
  (
    await changeOwner(owners, owner, held, (latest) => {
      if (!latest?.state.pendingEnds.includes(id)) return { result: undefined };
      const pendingEnds = latest.state.pendingEnds.filter((each) => each !== id);
      return { result: undefined, next: { state: { ...latest.state, pendingEnds } } };
    })
  ).held;

const isListed = (held: StoredOwner | undefined, id: DeviceId): boolean =>
  devicesIn(held).some((device) => device.id === id && !isRevoked(device));

/** A device that isn't on the list is put there, so that it can be revoked before it comes, or comes back. */
function withListed(state: OwnerState, id: DeviceId, now: Date): OwnerState {
  const platform = Platform.options.find((each) => state.heads[each]);
  const head = platform && state.heads[platform];
  if (!head || findDevice(devicesOf(headsOf(state)), id)) return state;
  const device = { id, name: defaultName[platform], registeredAt: now, lastSeenAt: now };
  return withHead(state, platform, { ...head, devices: [...head.devices, device] });
}

const withRevokedDevice = (state: OwnerState, id: DeviceId, now: Date): OwnerState =>
  withDevices(state, id, (devices) => {
    const device = findDevice(devices, id);
    return device && isRevoked(device) ? devices : withRevoked(devices, id, now);
  });

/**
 * The capability in an alarm's link: owner, device, time, and a keyed hash that only the service can make.
 */
const CAPABILITY = /^([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})\.([1-9]\d{9})\.([A-Za-z0-9_-]{43})$/;
const LINK_DAYS = 30;

type Alarm = { owner: OwnerId; device: DeviceId };

const macFor = (keyedHash: KeyedHash, { owner, device }: Alarm, since: string) =>
  keyedHash.hash("alarm", JSON.stringify([owner, device, since]));

/** Valid for thirty days from `at`. */
export async function capabilityFor(keyedHash: KeyedHash, alarm: Alarm, at: Date): Promise<string> {
  const since = String(Math.floor(at.getTime() / SECOND));
  return `${alarm.owner}.${alarm.device}.${since}.${await macFor(keyedHash, alarm, since)}`;
}

/** Undefined if the service didn't make it, or made it too long ago. */
export async function readCapability(
  keyedHash: KeyedHash,
  text: string,
  now: Date,
): Promise<(Alarm & { since: Date }) | undefined> {
  const [, first = "", second = "", seconds = "", mac = ""] = CAPABILITY.exec(text) ?? [];
  const [owner, device] = [OwnerId.safeParse(first).data, DeviceId.safeParse(second).data];
  if (owner === undefined || device === undefined) return undefined;
  const isOurs = sameHash(await macFor(keyedHash, { owner, device }, seconds), mac);
  const since = new Date(Number(seconds) * SECOND);
  const isGood = later(since, LINK_DAYS * DAY) > now;
  return isOurs && isGood ? { owner, device, since } : undefined;
}

type Repudiation = { owner: OwnerId; id: DeviceId; by?: AlarmDevice; coolingOffHours: number; now: Date };

/**
 * Ends the device, announces it, and undoes its deeds and its request for erasure. `by`: the owner's other
 * device that repudiates; if it came later than the ended one, it may be a thief's, and the deeds stay.
 * Undefined for an objection or a link. Fails as `endDevice` does.
 */
async function repudiate(
  stores: RepudiationPorts,
  held: StoredOwner | undefined,
  { by, ...of }: Repudiation,
  admitted?: (state: OwnerState) => void,
): Promise<void> {
  const device = alarmDeviceIn(devicesIn(held), of.id, of.now);
  const undone = { deeds: by === undefined || isOlder(by, device), erasure: true };
  const told = { kind: "device-repudiated" as const, by: device };
  await endDevice(stores, held, { ...of, told, undone, bars: by === undefined }, admitted);
}
