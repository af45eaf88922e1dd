/** The erasure of an owner: asked for, then done step by step, so that whoever comes next goes on where it was cut off (R35). */
import * as z from "zod";
import type { BoundAccount } from "./account.ts";
import { alarm, type Letter, type Outbox } from "./announcement.ts";
import { DAY, later } from "./clock.ts";
import { type Recipient, recipientsIn } from "./contact.ts";
import type { Subject } from "./device.ts";
import { isUnreadable } from "./envelope.ts";
import type { HeadStore } from "./head.ts";
import { DeviceId, type OwnerId, Platform, sha256 } from "./owner.ts";
import { type OwnerRecord, type RecordStore, readRecord } from "./owner-record.ts";
import type { Belongings } from "./privacy.ts";
import { type Change, change, type Store, type Stored } from "./store.ts";

/**
 * Written before anything is touched, gone after everything is. `eraseAt`: until then it can be taken back. `credentials`: what
 * the owner's accounts have lies under these names; known once nothing can be issued any more.
 */
export const Erasure = z.strictObject({
  device: DeviceId,
  requestedAt: z.coerce.date(),
  eraseAt: z.coerce.date(),
  credentials: z.array(z.string()).optional(),
});
export type Erasure = z.infer<typeof Erasure>;
export type ErasureStore = Store<OwnerId, Erasure>;

export type EraseStores = {
  erasures: ErasureStore;
  heads: HeadStore;
  records: RecordStore;
  outbox: Outbox;
  belongings: Belongings;
  /** What is put on its way in this name can still be opened when the owner's key is gone. */
  serviceOwner: OwnerId;
};

/** Asked for twice is asked for once: the first request says when. */
export async function requestErasure(
  { erasures }: Pick<EraseStores, "erasures">,
  owner: OwnerId,
  { device, delayMs, now }: { device: DeviceId; delayMs: number; now: Date },
): Promise<Erasure> {
  const { stored } = await change(erasures, owner, await erasures.find(owner), (held) =>
    held
      ? { result: undefined, unchanged: held }
      : { result: undefined, next: { device, requestedAt: now, eraseAt: later(now, delayMs) } },
  );
  return stored.value;
}

/** While it can be taken back, the owner must know of it: told before it is asked for, and once. */
export async function announceErasure(
  { erasures, records, outbox }: Pick<EraseStores, "erasures" | "records" | "outbox">,
  owner: OwnerId,
  device: Subject,
  now: Date,
): Promise<void> {
  if (await erasures.find(owner)) return;
  const record = await readRecord(records, owner);
  await alarm(outbox, owner, { kind: "erasure-requested", device, record, now });
}

export type WithdrawStores = Pick<EraseStores, "erasures" | "belongings">;

/** Takes back what isn't due yet; with `by`, only what that device has asked for. */
export async function withdrawErasure(
  { erasures, belongings }: WithdrawStores,
  owner: OwnerId,
  now: Date,
  by?: DeviceId,
): Promise<void> {
  const held = await erasures.find(owner);
  if (!held || held.value.eraseAt <= now || (by !== undefined && held.value.device !== by)) return;
  await belongings.forgetErasure(owner);
}

/**
 * Whether an erasure was due: then nothing of the owner is left. Contacts are told, the owner's key goes, and from that moment
 * on all the rest is noise. Safe to repeat, from any point.
 */
export async function completeErasure(stores: EraseStores, owner: OwnerId, now: Date): Promise<boolean> {
  const held = await stores.erasures.find(owner);
  if (!held || held.value.eraseAt > now) return false;
  const names = held.value.credentials ?? (await close(stores, owner, held, now));
  await stores.belongings.shred(owner);
  await stores.belongings.clear(owner, names);
  await stores.belongings.forgetErasure(owner);
  return true;
}

/** From now on nothing is issued any more; so what the accounts have is all there will be. */
async function close(
  stores: EraseStores,
  owner: OwnerId,
  held: Stored<Erasure>,
  now: Date,
): Promise<string[]> {
  const { accounts, recipients } = await endDevices(stores, owner, now);
  await Promise.all(
    recipients.map((to) => stores.outbox.put(stores.serviceOwner, letterTo(to, held.value, now))),
  );
  const credentials = await stores.belongings.credentialNames(accounts);
  await change(stores.erasures, owner, held, (state) =>
    state
      ? { result: undefined, next: { ...state.value, credentials } }
      : { result: undefined, unchanged: undefined },
  );
  return credentials;
}

type Closed = { accounts: BoundAccount[]; recipients: Recipient[] };

async function endDevices({ heads, records }: EraseStores, owner: OwnerId, now: Date): Promise<Closed> {
  const found = await Promise.all(
    Platform.options.map((platform) => heads.find({ owner, platform }).catch(nothingIfUnreadable)),
  );
  const devices = found.flatMap((stored) => stored?.value.devices.map(({ id }) => id) ?? []);
  const held = await records.find(owner).catch(nothingIfUnreadable);
  const { stored } = await change(records, owner, held, (state): Change<OwnerRecord, void, typeof held> => {
    if (!state) return { result: undefined, unchanged: state };
    const endedDevices = [...new Set([...state.value.endedDevices, ...devices])];
    return { result: undefined, next: { ...state.value, endedDevices } };
  });
  const bindings = stored?.value.bindings ?? [];
  const recipients = stored ? recipientsIn(stored.value, now) : [];
  return { accounts: bindings.map(({ account }) => account), recipients };
}

/** Damaged, or shredded already: it is to go all the same. */
export function nothingIfUnreadable(error: unknown): undefined {
  if (!isUnreadable(error)) throw error;
}

/** The same name each time, so that it is sent once. */
const letterTo = (to: Recipient, { requestedAt }: Erasure, now: Date): Letter => ({
  type: "letter",
  id: sha256(`erased\n${to.address}\n${requestedAt.toISOString()}`).slice(0, 22),
  ...{ to, kind: "erased", at: now, until: later(now, DAY), tries: 0 },
});
