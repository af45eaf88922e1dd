/** OwnerStore on Blob Storage: one blob per owner, sealed under the owner key. */
/** The record in it is sealed under a shard key as well. */

import { Cache } from "../../cache.ts";
import { type Clock, earliest, MINUTE } from "../../domain/clock.ts";
import { sha256 } from "../../domain/hash.ts";
import { type DuePolicy, ownerDueAt } from "../../domain/owner/due.ts";
import { newRecord, nextExpiry, OwnerRecord } from "../../domain/owner/owner-record.ts";
import { newState, type OwnerState, versionsIn } from "../../domain/owner/owner-state.ts";
import type { NextOwner, OwnerStore, StoredOwner } from "../../domain/owner/owner-store.ts";
import type { OwnerId } from "../../domain/owner.ts";
import { type KeyedHash, sameHash } from "../../domain/sealing/keyed-hash.ts";
import { contextOf, isUnreadable, unreadable } from "../../domain/sealing/seal.ts";
import { jsonOf } from "../../domain/text.ts";
import type { HeldKey, OwnerKeys } from "../keys/blob-owner-keys.ts";
import { incarnationOf, type OwnerSeal, requireIncarnation } from "../keys/owner-seal.ts";
import type { Blobs, Metadata, StartOfBlob } from "./blobs.ts";
import {
  type OwnerContent,
  type OwnerSegments,
  packOwner,
  reachesRecord,
  unpackOwner,
} from "./owner-blob.ts";
import { pause, turns } from "./turns.ts";

/** Enough for the state and record of nearly every owner. */
const START_BYTES = 32 * 1024;
/** Limit for bodies inside the owner's blob; further bodies are stored beside it. */
const INLINE_BYTES = 63 * 1024;
/** `most`: bytes as stored; opened, they take a few times as many. */
const AT_HAND = { most: 8 * 1024 * 1024, milliseconds: MINUTE };

export class BlobOwnerStore implements OwnerStore {
  readonly inTurn = turns();
  readonly pause = pause;
  readonly #backups: Blobs;
  readonly #keys: OwnerKeys;
  readonly #seal: OwnerSeal;
  readonly #keyedHash: KeyedHash;
  readonly #policy: DuePolicy;
  readonly #inlineBytes: number;
  /**
   * Limited by stored bytes. Safe to decide on: a write succeeds only if the blob still has the cached ETag.
   */
  readonly #atHand: Cache<OwnerId, HeldOwner> | undefined;

  /**
   * `atHand`: without it, every request reads its owner. `inlineBytes`: tests lower it, as their bodies are
   * small.
   */
  constructor(
    backups: Blobs,
    keys: OwnerKeys,
    seal: OwnerSeal,
    keyedHash: KeyedHash,
    policy: DuePolicy,
    {
      atHand,
      inlineBytes = INLINE_BYTES,
    }: { atHand?: Clock | undefined; inlineBytes?: number | undefined } = {},
  ) {
    this.#inlineBytes = inlineBytes;
    this.#atHand = atHand && new Cache(atHand, AT_HAND);
    this.#backups = backups;
    this.#keys = keys;
    this.#seal = seal;
    this.#keyedHash = keyedHash;
    this.#policy = policy;
  }

  find = async (owner: OwnerId, { whole } = { whole: true }): Promise<HeldOwner | undefined> => {
    const reading = whole ? this.#backups.read(nameOf(owner)) : this.#readState(owner);
    const [blob, key] = await Promise.all([reading, this.#keys.find(owner)]);
    if (blob) return await this.#open(owner, blob, key);
    // The owner's first write must use the key that is stored then.
    this.#keys.forget(owner);
    return undefined;
  };

  prepare: OwnerStore["prepare"] = (owner) => this.#seal.prepare(owner);

  findAtHand: OwnerStore["findAtHand"] = async (owner) =>
    this.#atHand?.get(owner) ?? (await this.find(owner));

  put: OwnerStore["put"] = async (owner, next, replaces) => {
    const held = replaces && (await this.#wholeOf(owner, heldIn(replaces)));
    if (replaces && !held) return undefined;
    const own = held ? await this.#keys.hold(owner) : await this.#keys.obtainFresh(owner);
    if (!own) return undefined;
    requireIncarnation(owner, own.key, next.incarnation);
    const bodies = await this.#placeBodies(owner, next, held?.bodies ?? []);
    const segments = {
      ...(await this.#segmentsOf(owner, next, held)),
      bodies: bodies.map(({ sealed }) => sealed),
    };
    const content = { ...segments.content, bodies: bodies.map(({ id }) => id) };
    const written = await this.#write(owner, own.key, { ...segments, content }, held?.etag);
    this.#atHand?.delete(owner);
    if (!written) return undefined;
    if (own.mark !== undefined) await this.#keys.settle(owner);
    const stored = this.#hold(owner, own.key, written.etag, { ...segments, content }, next.record);
    // Don't cache two writes in a row: an owner who writes endlessly without reading would leave other
    // instances no time for a change, not even to revoke the device.
    if (!held?.isAtHand) this.#atHand?.set(owner, stored.atHand(), written.bytes);
    return stored;
  };

  shred: OwnerStore["shred"] = async (owner, state, replaces) => {
    let etag: string | undefined;
    const markFor = (key: Buffer, at: Date) => this.#markOf(owner, key, at);
    const another = await this.#keys.replace(owner, markFor, async (found) => {
      const blob = await this.#backups.read(nameOf(owner));
      etag = blob?.etag;
      const isTime = replaces ? etag === replaces.etag : found?.isDamagedDue;
      if (!blob || !isTime) return "nothing";
      const isNoise = found && (await this.#isMarked(owner, found)) && !tryToUnpack(found.key, owner, blob);
      return isNoise ? "marked" : "another";
    });
    if (another && (await this.#write(owner, another, segmentsWith(state), etag)))
      await this.#keys.settle(owner);
  };

  remove: OwnerStore["remove"] = async (owner, { etag }) => {
    const leaving = await this.#keys.beginRemoval(owner);
    if (leaving === undefined) return;
    await this.#backups.delete(nameOf(owner), etag);
    if (await this.#backups.readStart(nameOf(owner), 1)) await this.#keys.settle(owner);
    else await this.#keys.erase(owner, leaving);
  };

  eraseDamagedAt: OwnerStore["eraseDamagedAt"] = (owner, at) => this.#keys.eraseDamagedAt(owner, at);

  /** Reads state and record; the whole blob if these are unusually large. */
  async #readState(owner: OwnerId): Promise<StartOfBlob | undefined> {
    const start = await this.#backups.readStart(nameOf(owner), START_BYTES);
    return start && reachesRecord(start.content) ? start : await this.#backups.read(nameOf(owner));
  }

  /**
   * If the cached key doesn't open the blob, another instance may have replaced it: tries once more with a
   * fresh key.
   */
  async #open(owner: OwnerId, blob: StartOfBlob, key: Buffer | undefined): Promise<HeldOwner> {
    const opened = key && tryToUnpack(key, owner, blob);
    if (opened) return this.#hold(owner, key, blob.etag, opened);
    const fresh = await this.#keys.look(owner);
    if (!fresh) throw unreadable();
    const anew = tryToUnpack(fresh.key, owner, blob);
    if (anew) return this.#hold(owner, fresh.key, blob.etag, anew);
    // An erasure cut off between its last two writes leaves a blob that no key opens.
    if (fresh.shreddedAt && (await this.#isMarked(owner, fresh)))
      return this.#hold(owner, fresh.key, blob.etag, segmentsWith(erasedAt(fresh.shreddedAt)));
    // The blob may have been read before an erasure and the key after it.
    const again = (await this.#backups.read(nameOf(owner))) ?? blob;
    return this.#hold(owner, fresh.key, again.etag, unpackOwner(fresh.key, owner, again));
  }

  /** Proves that the service replaced the key: write access to the keys alone can't fake an erasure. */
  #markOf(owner: OwnerId, key: Buffer, at: Date): Promise<string> {
    return this.#keyedHash.hash("replaced-key", JSON.stringify([owner, sha256(key), at]));
  }

  async #isMarked(owner: OwnerId, { key, mark, shreddedAt }: HeldKey): Promise<boolean> {
    if (mark === undefined || !shreddedAt) return false;
    return sameHash(await this.#markOf(owner, key, shreddedAt), mark);
  }

  #hold(owner: OwnerId, key: Buffer, etag: string, segments: OwnerSegments, known?: OwnerRecord): HeldOwner {
    return new HeldOwner(etag, segments, {
      incarnation: () => incarnationOf(owner, key),
      record: async () => known ?? (await openRecord(this.#seal, owner, segments.record)),
      body: (id, held) => this.#bodyOf(owner, held, id),
    });
  }

  async #write(
    owner: OwnerId,
    key: Buffer,
    segments: OwnerSegments,
    replaces: string | undefined,
  ): Promise<{ etag: string; bytes: number } | undefined> {
    const metadata = metadataOf(segments.content, this.#policy);
    const content = packOwner(key, owner, metadata, segments);
    const etag = await this.#backups.write(nameOf(owner), { content, metadata }, replaces);
    return etag === undefined ? undefined : { etag, bytes: content.length };
  }

  /** Carries unchanged segments along with the digest they were opened with; never recomputes it. */
  async #segmentsOf(
    owner: OwnerId,
    { state, record }: NextOwner,
    held: HeldOwner | undefined,
  ): Promise<Omit<OwnerSegments, "bodies">> {
    const { content, record: former, others } = held?.segments ?? segmentsWith(state);
    if (!record) return { content: { ...content, state }, record: former, others };
    const sealed = await this.#seal.seal(owner, recordContext(owner), Buffer.from(JSON.stringify(record)));
    const dueAt = nextExpiry(record);
    const told = { digest: sha256(sealed), ...(dueAt && { dueAt }) };
    return { content: { ...content, state, record: told }, others, record: sealed };
  }

  /** Reads the segments that a write carries along; undefined if the owner has changed since. */
  async #wholeOf(owner: OwnerId, held: HeldOwner): Promise<HeldOwner | undefined> {
    if (held.isWhole) return held;
    const whole = await this.find(owner);
    return whole?.etag === held.etag ? whole : undefined;
  }

  /**
   * Keeps the bodies that the state still names, newest first. If they exceed the limit, all but the newest
   * move out, so that this happens seldom. They are stored beside the blob before any state refers to them
   * there. No body is dropped for its size.
   */
  async #placeBodies(owner: OwnerId, { state, body }: NextOwner, carried: Body[]): Promise<Body[]> {
    const named = new Set(versionsIn(state).map(({ id }) => id));
    const all = [...(body ? [body] : []), ...carried].filter(({ id }) => named.has(id));
    if (sizeOf(all) <= this.#inlineBytes) return all;
    const [newest] = all;
    const stays = newest && newest.sealed.length <= this.#inlineBytes ? [newest] : [];
    await Promise.all(
      all.filter((each) => !stays.includes(each)).map((each) => this.#putBeside(owner, each)),
    );
    return stays;
  }

  async #putBeside(owner: OwnerId, { id, sealed }: Body): Promise<void> {
    const name = `${bodiesOf(owner)}${id}`;
    if (await this.#backups.write(name, { content: sealed }, undefined)) return;
    // An earlier change moved the same body out and then lost its race.
    if (!(await this.#readBeside(name))?.equals(sealed)) throw unreadable();
  }

  /** Undefined if the blob is missing or has metadata, which the service never writes there. */
  async #readBeside(name: string): Promise<Buffer | undefined> {
    const stored = await this.#backups.read(name);
    return stored && Object.keys(stored.metadata).length === 0 ? stored.content : undefined;
  }

  /** A body that isn't where the held state says has moved out since. */
  async #bodyOf(owner: OwnerId, held: HeldOwner, id: string): Promise<Buffer> {
    const isInline = held.segments.content.bodies.includes(id);
    const bodies = isInline ? (held.bodies ?? (await this.find(owner))?.bodies) : [];
    const inline = bodies?.find((body) => body.id === id)?.sealed;
    const sealed = inline ?? (await this.#readBeside(`${bodiesOf(owner)}${id}`));
    if (sealed) return sealed;
    throw unreadable();
  }
}

type Body = { id: string; sealed: Buffer };

type Opening = {
  incarnation(): string;
  record(): Promise<OwnerRecord>;
  body(id: string, held: HeldOwner): Promise<Buffer>;
};

/** Keeps its segments sealed as read, so that a write can carry them along. */
class HeldOwner implements StoredOwner {
  readonly etag: string;
  readonly segments: OwnerSegments;
  readonly isAtHand: boolean;
  readonly #opening: Opening;
  #record: Promise<OwnerRecord> | undefined;

  constructor(etag: string, segments: OwnerSegments, opening: Opening, isAtHand = false) {
    this.etag = etag;
    this.segments = segments;
    this.isAtHand = isAtHand;
    this.#opening = opening;
  }

  atHand(): HeldOwner {
    return new HeldOwner(this.etag, this.segments, this.#opening, true);
  }

  get state(): OwnerState {
    return this.segments.content.state;
  }

  get incarnation(): string {
    return this.#opening.incarnation();
  }

  get isWhole(): boolean {
    return this.segments.others !== undefined && this.segments.bodies !== undefined;
  }

  /** Newest first; undefined if they weren't read. */
  get bodies(): Body[] | undefined {
    const { content, bodies } = this.segments;
    return (
      bodies && content.bodies.flatMap((id, index) => (bodies[index] ? [{ id, sealed: bodies[index] }] : []))
    );
  }

  record(): Promise<OwnerRecord> {
    this.#record ??= this.#opening.record();
    return this.#record;
  }

  body(id: string): Promise<Buffer> {
    return this.#opening.body(id, this);
  }
}

const nameOf = (owner: OwnerId) => `owners/${owner}`;
export const bodiesOf = (owner: OwnerId) => `bodies/${owner}/`;

const sizeOf = (bodies: Body[]): number => bodies.reduce((sum, { sealed }) => sum + sealed.length, 0);

const segmentsWith = (state: OwnerState): OwnerSegments => ({
  content: { state, others: [], bodies: [] },
  record: undefined,
  others: [],
  bodies: [],
});

function tryToUnpack(key: Buffer, owner: OwnerId, blob: StartOfBlob): OwnerSegments | undefined {
  try {
    return unpackOwner(key, owner, blob);
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}

/** The state that the cut-off erasure would have written. Assumes that a contact existed (R19). */
const erasedAt = (at: Date): OwnerState => ({
  ...newState(),
  erased: { at, hadContact: true, accounts: [] },
});

const recordContext = (owner: OwnerId) => contextOf("owner-record", 1, owner);
const StoredRecord = jsonOf(OwnerRecord);

async function openRecord(seal: OwnerSeal, owner: OwnerId, sealed: Buffer | undefined): Promise<OwnerRecord> {
  if (!sealed) return newRecord();
  const parsed = StoredRecord.safeParse((await seal.open(owner, recordContext(owner), sealed)).toString());
  if (parsed.success) return parsed.data;
  throw unreadable(parsed.error);
}

function heldIn(replaces: StoredOwner): HeldOwner {
  if (replaces instanceof HeldOwner) return replaces;
  throw new TypeError("not an owner of this store");
}

/** The metadata that sweeps select by. */
function metadataOf({ state, record }: OwnerContent, policy: DuePolicy): Metadata {
  const due = earliest([ownerDueAt(state, policy), record?.dueAt]);
  const kids = [...new Set(versionsIn(state).map(({ keyId }) => keyId))];
  return { ...(due && { dueat: due.toISOString() }), ...(kids.length > 0 && { kids: kids.join(" ") }) };
}
