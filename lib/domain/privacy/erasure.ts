/** Erasure of an owner: requested, taken back, and done in steps that any later request can resume (R35). */

import { DAY, HOUR, later } from "../clock.ts";
import { type Recipient, recipientsIn } from "../contacts/contact.ts";
import { accountsProven } from "../credentials/proven-account.ts";
import { admit, requireStillIn } from "../device.ts";
import { type Asking, callerDevice } from "../devices/admission.ts";
import { requireRight } from "../devices/young.ts";
import { Failure } from "../failure.ts";
import { sha256 } from "../hash.ts";
import type { ActivityLog } from "../messages/activity.ts";
import { ALARM_DAYS, alarm, type Happened, type Letter, type Outbox } from "../messages/announcement.ts";
import { type Erased, type Erasure, newState, type OwnerState } from "../owner/owner-state.ts";
import { changeOwner, devicesIn, type OwnerStore, recordIn, type StoredOwner } from "../owner/owner-store.ts";
import type { DeviceId, OwnerId } from "../owner.ts";
import { nothingIfUnreadable } from "../sealing/seal.ts";
import { codeRequired, requireMayEraseAtOnce } from "./at-once.ts";
import { daysBefore } from "./days-before.ts";
import type { Belongings } from "./export.ts";

export type EraseStores = {
  owners: OwnerStore;
  outbox: Outbox;
  belongings: Belongings;
  activity: Pick<ActivityLog, "read">;
  /** What is put on its way in this name can still be opened when the owner's key is gone. */
  serviceOwner: OwnerId;
};

/**
 * When all will be erased; undefined once it is, or where nothing is held. `damage`: why the state can't be
 * opened. `when`: at once instead of after the usual time. Fails as `contact-code-required`,
 * `device-unknown`, `device-suspended` or `device-revoked`.
 */
export async function eraseOwner(
  stores: EraseStores,
  asking: Asking & { damage: Failure | undefined; when: "now" | undefined },
  policy: { erasureDelayHours: number; contactCoolingOffHours: number; signInMaxAgeSeconds: number },
): Promise<Date | undefined> {
  const { caller, held, damage, now } = asking;
  const delayMs = policy.erasureDelayHours * HOUR;
  // Where nothing waits, there is nothing to be spared.
  const isAtOnce = asking.when === "now" && delayMs > 0;
  if (damage && isAtOnce) throw codeRequired(policy.signInMaxAgeSeconds);
  if (damage)
    return await eraseDamaged(stores, asking, Math.max(delayMs, policy.contactCoolingOffHours * HOUR));
  const devices = devicesIn(held);
  if (devices.length === 0) return undefined;
  admit(caller, devices, "registered", now);
  const { eraseAt, held: after } = isAtOnce
    ? await requestAtOnce(stores, asking, policy)
    : await requestErasure(stores, asking, delayMs);
  if (!after || !isErasureDue(after, now)) return eraseAt;
  await completeErasure(stores, caller.owner, after, now);
  return undefined;
}

/**
 * When it is to be; undefined if there is nothing to erase. Asked for twice is asked for once: the first
 * request says.
 */
async function requestErasure(
  { owners, outbox }: EraseStores,
  asking: Asking,
  delayMs: number,
): Promise<{ eraseAt: Date | undefined; held: StoredOwner | undefined }> {
  const { caller, held, now } = asking;
  const { owner } = caller;
  const asked = { device: caller.device, requestedAt: now, eraseAt: later(now, delayMs) };
  let isTold = delayMs <= 0;
  const { result: eraseAt, held: after } = await changeOwner(owners, owner, held, async (latest) => {
    const devices = devicesIn(latest);
    requireStillIn(caller, devices);
    // What has come since this was asked isn't meant.
    if (!latest || (devices.length === 0 && devicesIn(held).length > 0)) return { result: undefined };
    if (latest.state.erasure) return { result: latest.state.erasure.eraseAt };
    // While it can be taken back, the owner must know of it: told before it is asked for, and once.
    if (!isTold) {
      const told = { kind: "erasure-requested" as const, eraseAt: asked.eraseAt };
      await alarm(outbox, owner, {
        ...told,
        device: callerDevice(asking),
        record: await recordIn(latest),
        now,
      });
      isTold = true;
    }
    return { result: asked.eraseAt, next: { state: { ...latest.state, erasure: asked } } };
  });
  return { eraseAt, held: after };
}

/**
 * Also of what waits already. Contacts hear of it when it is done: what nobody can take back needs no
 * warning. Fails as `contact-code-required`.
 */
async function requestAtOnce(
  { owners }: EraseStores,
  { caller, held, now }: Asking,
  { signInMaxAgeSeconds }: { signInMaxAgeSeconds: number },
): Promise<{ eraseAt: Date | undefined; held: StoredOwner | undefined }> {
  const asked = { device: caller.device, requestedAt: now, eraseAt: now };
  const { held: after } = await changeOwner(owners, caller.owner, held, (latest) => {
    const devices = devicesIn(latest);
    requireStillIn(caller, devices);
    // What has come since this was asked isn't meant.
    if (!latest || devices.length === 0 || isErasureDue(latest, now)) return { result: undefined };
    requireMayEraseAtOnce(caller.device, devices, signInMaxAgeSeconds, now);
    const erasure = { ...latest.state.erasure, ...asked };
    return { result: undefined, next: { state: { ...latest.state, erasure } } };
  });
  return { eraseAt: undefined, held: after };
}

/**
 * Takes back what hasn't begun, be it due or not. Fails as `erasure-begun` where it is done, as
 * `device-too-new` if another device asked for it, or as `admit` does.
 */
export async function withdrawErasure(
  { owners }: Pick<EraseStores, "owners">,
  asking: Asking,
  { contactCoolingOffHours }: { contactCoolingOffHours: number },
): Promise<void> {
  const { caller, held, now } = asking;
  const isDone = (latest: StoredOwner | undefined) =>
    latest?.state.erased !== undefined && devicesIn(latest).length === 0;
  if (!isDone(held)) admit(caller, devicesIn(held), "registered", now);
  await changeOwner(owners, caller.owner, held, (latest) => {
    if (isDone(latest)) throw new Failure("erasure-begun", "The erasure had begun, and is done.");
    if (!latest?.state.erasure) return { result: undefined };
    const isOwn = latest.state.erasure.device === caller.device;
    requireRight("keep-data", { ...asking, held: latest }, contactCoolingOffHours, isOwn);
    return { result: undefined, next: { state: withoutErasure(latest.state) } };
  });
}

/** `by`: only what that device has asked for. */
export function withoutErasure(state: OwnerState, by?: DeviceId): OwnerState {
  const { erasure, ...rest } = state;
  return erasure && (by === undefined || erasure.device === by) ? rest : state;
}

export const isErasureDue = ({ state: { erasure } }: StoredOwner, now: Date): boolean =>
  erasure !== undefined && (erasure.begunAt !== undefined || erasure.eraseAt <= now);

/** What is stored once an erasure that was cut off is completed: nobody begins anew before. */
export async function finishErasure(
  stores: EraseStores,
  owner: OwnerId,
  held: StoredOwner | undefined,
  now: Date,
): Promise<StoredOwner | undefined> {
  if (!held?.state.erasure?.begunAt) return held;
  await completeErasure(stores, owner, held, now);
  return await stores.owners.find(owner);
}

/**
 * Completes an erasure that is due: contacts are told, what the accounts have and all else of the owner goes,
 * but for a reservation of each account, and the owner's key is replaced by another: from that moment on
 * whatever is left, wherever a copy of it lies, is noise. Safe to repeat, from any point, and for many at
 * once: from its first step on nobody else changes anything, and only what was seen while it stood is
 * removed.
 */
export async function completeErasure(
  stores: EraseStores,
  owner: OwnerId,
  held: StoredOwner,
  now: Date,
): Promise<void> {
  const begun = await begin(stores.owners, owner, held, now);
  const { erasure } = begun?.state ?? {};
  if (!begun || !erasure?.begunAt) return;
  const record = await begun.record().catch(nothingIfUnreadable);
  const recipients = record ? recipientsIn(record, now) : [];
  if (record && recipients.length > 0) {
    const before = await daysBefore(stores, owner, {
      state: begun.state,
      record,
      until: erasure.requestedAt,
    });
    await tell(stores, recipients, { erasure, before }, now);
  }
  const accounts = await stores.belongings.credentialNames(record ? accountsProven(record) : []);
  const seen = await stores.belongings.look(owner, accounts);
  if ((await stores.owners.find(owner))?.etag !== begun.etag) return;
  await stores.belongings.remove(owner, seen, now);
  // Where it can't be told, there was one (R19).
  const erased = { at: now, hadContact: record ? recipients.length > 0 : true, accounts };
  await stores.owners.shred(owner, { ...newState(), erased: together(erased, begun.state.erased) }, begun);
  // What was still written under the former key.
  await stores.belongings.removeShredded(owner, accounts, now);
}

/**
 * Erasing twice shortens nothing: what is remembered of the first time stays, until a contact is erased
 * again.
 */
const together = (erased: Erased, former: Erased | undefined): Erased =>
  former?.hadContact && !erased.hadContact
    ? { ...former, accounts: [...former.accounts, ...erased.accounts] }
    : erased;

/**
 * Where the state can't be opened nobody can be told and nobody's word is known, so it waits for its time in
 * any case, and is done when it is asked for again.
 */
async function eraseDamaged(
  { owners, belongings }: Pick<EraseStores, "owners" | "belongings">,
  { caller: { owner }, now }: Asking,
  delayMs: number,
): Promise<Date | undefined> {
  const eraseAt = await owners.eraseDamagedAt(owner, later(now, delayMs));
  if (eraseAt > now) return eraseAt;
  await belongings.remove(owner, await belongings.look(owner, []), now);
  const erased = { at: now, hadContact: true, accounts: [] };
  await owners.shred(owner, { ...newState(), erased }, undefined);
  return undefined;
}

/** From then on nobody changes anything of this owner, and no credential is issued. */
async function begin(
  owners: OwnerStore,
  owner: OwnerId,
  held: StoredOwner,
  now: Date,
): Promise<StoredOwner | undefined> {
  if (held.state.erasure?.begunAt) return held;
  const { held: after } = await changeOwner(owners, owner, held, (latest) => {
    const { erasure } = latest?.state ?? {};
    if (!latest || !erasure || erasure.eraseAt > now) return { result: undefined };
    const state = { ...latest.state, erasure: { ...erasure, begunAt: now } };
    return { result: undefined, next: { state } };
  });
  return after;
}

type Farewell = { erasure: Erasure; before: Happened[] };

const tell = ({ outbox, serviceOwner }: EraseStores, to: Recipient[], farewell: Farewell, now: Date) =>
  Promise.all(to.map((each) => outbox.put(serviceOwner, letterTo(each, farewell, now))));

/**
 * What is remembered of an erasure goes when the cooling-off is over; of an owner who hasn't begun anew, all.
 * A credential that was being issued when it began goes, too.
 */
export async function forgetErased(
  { owners, belongings }: Pick<EraseStores, "owners" | "belongings">,
  owner: OwnerId,
  held: StoredOwner,
  coolingOffHours: number,
  now: Date,
): Promise<void> {
  const { erased } = held.state;
  if (!erased) return;
  const hasBegunAnew = devicesIn(held).length > 0;
  if (later(erased.at, coolingOffHours * HOUR) > now) {
    // Looked at before its time: it is what an erasure has left that was cut off, and gives way to what is
    // said of that.
    if (!hasBegunAnew) await owners.put(owner, { state: held.state }, held);
    return;
  }
  await belongings.removeShredded(owner, erased.accounts, erased.at);
  if (!hasBegunAnew) return await owners.remove(owner, held);
  await changeOwner(owners, owner, held, (latest) => {
    if (!latest) return { result: undefined };
    const { erased: _, ...state } = latest.state;
    return { result: undefined, next: { state } };
  });
}

/** The same name each time, so that it is sent once. */
const letterTo = (to: Recipient, { erasure, before }: Farewell, now: Date): Letter => ({
  type: "letter",
  id: sha256(`erased\n${to.address}\n${erasure.requestedAt.toISOString()}`).slice(0, 22),
  to,
  kind: "erased",
  at: now,
  until: later(now, ALARM_DAYS * DAY),
  before,
  tries: 0,
});
