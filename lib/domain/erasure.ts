/** The erasure of an owner: asked for, then done step by step, so that whoever comes next goes on where it was cut off (R35). */
import * as z from "zod";
import { alarm, type Letter, type Outbox } from "./announcement.ts";
import { DAY, HOUR, later } from "./clock.ts";
import { type Recipient, recipientsIn } from "./contact.ts";
import type { Subject } from "./device.ts";
import { isUnreadable } from "./envelope.ts";
import { Failure } from "./failure.ts";
import type { HeadStore } from "./head.ts";
import { DeviceId, type OwnerId, Platform, sha256 } from "./owner.ts";
import { type OwnerRecord, type RecordStore, readRecord } from "./owner-record.ts";
import type { Belongings } from "./privacy.ts";
import { type Change, change, type Store, type Stored } from "./store.ts";

/**
 * Written before anything is touched, gone after everything is. `life`: the owner's key when it was asked for; another key is
 * another life, which it isn't about. `eraseAt`: until then nothing happens. `begunAt`: from then on it goes on to the end.
 * `credentials`: what the owner's accounts have lies under these names; known once nothing can be issued any more. `erasedAt`: what
 * is to be remembered afterwards.
 */
const Asked = z.strictObject({
  device: DeviceId,
  requestedAt: z.coerce.date(),
  life: z.string().optional(),
  eraseAt: z.coerce.date(),
  begunAt: z.coerce.date().optional(),
  credentials: z.array(z.string()).optional(),
  erasedAt: z.coerce.date().optional(),
});
type Asked = z.infer<typeof Asked>;

/**
 * All that is remembered of an erasure that is done, and for the cooling-off time only: when it was, if the owner had a contact. Else a
 * thief could erase and begin anew, with a contact of their own at once (R19).
 */
const Done = z.strictObject({ erasedAt: z.coerce.date() });

export const Erasure = z.union([Asked, Done]);
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

type Held = Stored<Asked>;

const isAsked = (held: Stored<Erasure> | undefined): held is Held =>
  held !== undefined && "eraseAt" in held.value;

async function findAsked({ erasures }: Pick<EraseStores, "erasures">, owner: OwnerId) {
  const held = await erasures.find(owner);
  return isAsked(held) ? held : undefined;
}

/** When the owner who has begun anew was erased, as long as that is remembered. */
export const erasedAtOf = async (erasures: ErasureStore, owner: OwnerId): Promise<Date | undefined> =>
  (await erasures.find(owner))?.value.erasedAt;

type Request = { device: DeviceId; life?: string | undefined; delayMs: number; now: Date };

/** When it is to be. Asked for twice is asked for once: the first request says. One left over from a former life says nothing. */
export async function requestErasure(
  { erasures, belongings }: Pick<EraseStores, "erasures" | "belongings">,
  owner: OwnerId,
  { device, life, delayMs, now }: Request,
): Promise<Date> {
  const first = await erasures.find(owner);
  const { result } = await change(erasures, owner, first, async (held): Promise<Change<Erasure, Date>> => {
    if (isAsked(held)) {
      const isLeftOver = held.value.life !== life && (await belongings.lifeOf(owner)) === life;
      if (!isLeftOver) return { result: held.value.eraseAt, unchanged: held };
    }
    const [eraseAt, erasedAt] = [later(now, delayMs), held?.value.erasedAt];
    const asked = { device, requestedAt: now, ...(life && { life }), eraseAt };
    return { result: eraseAt, next: { ...asked, ...(erasedAt && { erasedAt }) } };
  });
  return result;
}

type Announced = { device: Subject; delayMs: number; now: Date };

/** While it can be taken back, the owner must know of it: told before it is asked for, and once. */
export async function announceErasure(
  { erasures, records, outbox }: Pick<EraseStores, "erasures" | "records" | "outbox">,
  owner: OwnerId,
  { device, delayMs, now }: Announced,
): Promise<void> {
  if (await findAsked({ erasures }, owner)) return;
  const record = await readRecord(records, owner);
  const told = { kind: "erasure-requested" as const, eraseAt: later(now, delayMs) };
  await alarm(outbox, owner, { ...told, device, record, now });
}

export type WithdrawStores = Pick<EraseStores, "erasures" | "belongings">;

/** Takes back what hasn't begun, be it due or not; with `by`, only what that device has asked for. */
export async function withdrawErasure(stores: WithdrawStores, owner: OwnerId, by?: DeviceId): Promise<void> {
  const held = await findAsked(stores, owner);
  if (!held || held.value.begunAt || (by !== undefined && held.value.device !== by)) return;
  await leave(stores, owner, held);
}

/** It is done, or is not to be. */
async function leave({ erasures, belongings }: WithdrawStores, owner: OwnerId, { value, etag }: Held) {
  if (value.erasedAt) await erasures.put(owner, { erasedAt: value.erasedAt }, etag);
  else await belongings.forgetErasure(owner, etag);
}

/** What is remembered of one that is done goes when the cooling-off is over. */
export async function forgetErased(
  { erasures, belongings }: WithdrawStores,
  owner: OwnerId,
  coolingOffHours: number,
  now: Date,
): Promise<void> {
  const held = await erasures.find(owner);
  if (!held?.value.erasedAt || isAsked(held)) return;
  if (later(held.value.erasedAt, coolingOffHours * HOUR) > now) return;
  await belongings.forgetErasure(owner, held.etag);
}

/** Whether all of this life is there, and stays. */
export async function isKept(
  stores: WithdrawStores,
  owner: OwnerId,
  life: string | undefined,
): Promise<boolean> {
  const held = await findAsked(stores, owner);
  return !held?.value.begunAt && life !== undefined && (await stores.belongings.lifeOf(owner)) === life;
}

const MAX_STEPS = 30;

/**
 * Whether an erasure was due: then nothing of the owner is left. Contacts are told, the owner's key goes, and from that moment
 * on all the rest is noise. Safe to repeat, from any point, and for many at once: each step is taken from what the erasure says by
 * then, and only changes what was seen while it stood; so nothing of the owner's next life, which begins when it is gone. Fails as `busy`.
 */
export async function completeErasure(stores: EraseStores, owner: OwnerId, now: Date): Promise<boolean> {
  for (let steps = 0; steps < MAX_STEPS; steps++) {
    const held = await findAsked(stores, owner);
    if (!held || held.value.eraseAt > now) return steps > 0;
    const { begunAt, credentials } = held.value;
    if (!begunAt) await begin(stores, owner, held, now);
    else if (!credentials) await close(stores, owner, held, now);
    else await clear(stores, owner, held, credentials);
  }
  throw new Failure("busy", "Others write what is being erased.", { retryAfterSeconds: 1 });
}

/** Unless the life that it is about has ended already: by another erasure, while this one was being asked for. */
async function begin(stores: EraseStores, owner: OwnerId, held: Held, now: Date): Promise<void> {
  const { life } = held.value;
  const isOver = life !== undefined && life !== (await stores.belongings.lifeOf(owner));
  if (isOver) await leave(stores, owner, held);
  else await stores.erasures.put(owner, { ...held.value, begunAt: now }, held.etag);
}

/** From now on nothing is issued any more; so what the accounts have is all there will be. */
async function close(stores: EraseStores, owner: OwnerId, held: Held, now: Date): Promise<void> {
  const { isOver, record } = await endDevices(stores, owner, held);
  if (isOver) return;
  const recipients = record ? recipientsIn(record, now) : [];
  await Promise.all(
    recipients.map((to) => stores.outbox.put(stores.serviceOwner, letterTo(to, held.value, now))),
  );
  const accounts = record?.bindings.map(({ account }) => account) ?? [];
  const credentials = await stores.belongings.credentialNames(accounts);
  const closed = { ...held.value, credentials, ...(recipients.length > 0 && { erasedAt: now }) };
  await stores.erasures.put(owner, closed, held.etag);
}

/** What is damaged, or shredded already, is to go all the same. `isOver`: others have gone on meanwhile. */
async function endDevices(
  { heads, records, erasures }: EraseStores,
  owner: OwnerId,
  erasure: Held,
): Promise<{ isOver: boolean; record: OwnerRecord | undefined }> {
  const found = await Promise.all(
    Platform.options.map((platform) => heads.find({ owner, platform }).catch(nothingIfUnreadable)),
  );
  const devices = found.flatMap((stored) => stored?.value.devices.map(({ id }) => id) ?? []);
  const held = await records.find(owner).catch(nothingIfUnreadable);
  const { result: isOver, stored } = await change(
    records,
    owner,
    held,
    async (state): Promise<Change<OwnerRecord, boolean, typeof held>> => {
      if (!(await stands(erasures, owner, erasure))) return { result: true, unchanged: state };
      if (!state) return { result: false, unchanged: state };
      const endedDevices = [...new Set([...state.value.endedDevices, ...devices])];
      return { result: false, next: { ...state.value, endedDevices } };
    },
  );
  return { isOver, record: stored?.value };
}

/** The key first. What others wrote since it was looked at is seen the next time; when nothing is, it is done. */
async function clear(stores: EraseStores, owner: OwnerId, held: Held, credentials: string[]): Promise<void> {
  const { erasures, belongings } = stores;
  const seen = await belongings.look(owner, credentials);
  if (!seen.key && seen.blobs.length === 0) await leave(stores, owner, held);
  else if (await stands(erasures, owner, held)) await belongings.remove(owner, seen);
}

/** What was read before this was asked is of the life that ends. */
const stands = async (erasures: ErasureStore, owner: OwnerId, { etag }: Held): Promise<boolean> =>
  (await erasures.find(owner))?.etag === etag;

/** Damaged, or shredded already: it is to go all the same. */
export function nothingIfUnreadable(error: unknown): undefined {
  if (!isUnreadable(error)) throw error;
}

/** The same name each time, so that it is sent once. */
const letterTo = (to: Recipient, { requestedAt }: Asked, now: Date): Letter => ({
  type: "letter",
  id: sha256(`erased\n${to.address}\n${requestedAt.toISOString()}`).slice(0, 22),
  ...{ to, kind: "erased", at: now, until: later(now, DAY), tries: 0 },
});
