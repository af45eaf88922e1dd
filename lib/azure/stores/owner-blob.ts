/** The format of an owner's blob. Pure. */
/**
 * A preamble with the segment lengths in clear, then the sealed state, the sealed record, segments that only
 * a newer release knows, and the newest bodies. The state holds the digests of the segments that change, so
 * segments of different times never fit together. A body is sealed once, for its own version.
 */
import * as z from "zod";
import { sha256 } from "../../domain/hash.ts";
import { loose } from "../../domain/loose.ts";
import { OwnerState } from "../../domain/owner/owner-state.ts";
import type { OwnerId } from "../../domain/owner.ts";
import { contextOf, deriveKey, open, SEALING_BYTES, seal, unreadable } from "../../domain/sealing/seal.ts";
import { jsonOf } from "../../domain/text.ts";
import type { Metadata } from "./blobs.ts";

const MAGIC = Buffer.from("OWN1");
const WORD = 4;
const MOST_SEGMENTS = 200;

/**
 * `record`: its digest, and when something in it expires. `others`: digests. `bodies`: version ids, newest
 * first.
 */
const Content = loose({
  state: OwnerState,
  record: loose({ digest: z.string(), dueAt: z.coerce.date().optional() }).optional(),
  others: z.array(z.string()),
  bodies: z.array(z.string()),
});
export type OwnerContent = z.infer<typeof Content>;
const StoredContent = jsonOf(Content);

/** Everything but `content` is still sealed. `others`, `bodies`: undefined if they weren't read whole. */
export type OwnerSegments = {
  content: OwnerContent;
  record: Buffer | undefined;
  others: Buffer[] | undefined;
  bodies: Buffer[] | undefined;
};

/** `content` must already hold the digests of the other segments. */
export function packOwner(
  key: Buffer,
  owner: OwnerId,
  metadata: Metadata,
  { content, record = Buffer.alloc(0), others = [], bodies = [] }: OwnerSegments,
): Buffer {
  const state = Buffer.from(JSON.stringify(content));
  const carried = [record, ...others, ...bodies];
  const preamble = preambleOf([state.length + SEALING_BYTES, ...carried.map(({ length }) => length)]);
  const context = contextFor(owner, preamble, metadata);
  return Buffer.concat([preamble, seal(deriveKey(context, key), context, state), ...carried]);
}

/**
 * `blob`: at least state and record. `size`: of the whole blob. Fails as `backup-unreadable` if it is cut
 * short, extended, mixed, another owner's or not ours.
 */
export function unpackOwner(
  key: Buffer,
  owner: OwnerId,
  { content: blob, metadata, size }: { content: Buffer; metadata: Metadata; size: number },
): OwnerSegments {
  const { preamble, segments } = split(blob, size);
  const [state, record = fail()] = segments;
  const context = contextFor(owner, preamble, metadata);
  const parsed = StoredContent.safeParse(open(deriveKey(context, key), context, state ?? fail()).toString());
  if (!parsed.success) throw unreadable(parsed.error);
  const content = parsed.data;
  const others = segments.slice(2, 2 + content.others.length);
  const bodies = segments.slice(2 + others.length);
  if (others.length !== content.others.length || bodies.length !== content.bodies.length) throw unreadable();
  const digests = [content.record?.digest ?? sha256(""), ...content.others];
  const isAsStored = (each: Buffer | undefined, index: number) => !each || sha256(each) === digests[index];
  if (![record, ...others].every(isAsStored)) throw unreadable();
  return { content, record: content.record && record, others: allOf(others), bodies: allOf(bodies) };
}

/** Whether the start of a blob includes all of state and record. */
export function reachesRecord(start: Buffer): boolean {
  if (start.length < lengthsEnd(2)) return false;
  const [state, record] = [0, 1].map((index) => start.readUInt32BE(lengthsEnd(index)));
  const count = start.readUInt32BE(MAGIC.length);
  return lengthsEnd(count) + (state ?? 0) + (record ?? 0) <= start.length;
}

const allOf = (segments: (Buffer | undefined)[]): Buffer[] | undefined =>
  segments.every((each) => each !== undefined) ? segments : undefined;

/** Where the length table ends: magic, number of segments, then each length. */
const lengthsEnd = (segments: number): number => MAGIC.length + WORD + segments * WORD;

function preambleOf(lengths: number[]): Buffer {
  const words = [lengths.length, ...lengths];
  const preamble = Buffer.alloc(MAGIC.length + words.length * WORD);
  MAGIC.copy(preamble);
  for (const [index, word] of words.entries()) preamble.writeUInt32BE(word, MAGIC.length + index * WORD);
  return preamble;
}

/** Segments that weren't read whole are undefined. */
function split(blob: Buffer, size: number): { preamble: Buffer; segments: (Buffer | undefined)[] } {
  const count = blob.length >= lengthsEnd(0) ? blob.readUInt32BE(MAGIC.length) : 0;
  const start = lengthsEnd(count);
  if (count < 2 || count > MOST_SEGMENTS || blob.length < start) throw unreadable();
  if (!blob.subarray(0, MAGIC.length).equals(MAGIC)) throw unreadable();
  const segments: (Buffer | undefined)[] = [];
  let at = start;
  for (let index = 0; index < count; index++) {
    const end = at + blob.readUInt32BE(lengthsEnd(index));
    segments.push(end <= blob.length ? blob.subarray(at, end) : undefined);
    at = end;
  }
  if (at !== size) throw unreadable();
  return { preamble: blob.subarray(0, start), segments };
}

function fail(): never {
  throw unreadable();
}

/** Binds preamble and metadata to the seal, so that a change to either is noticed. */
const contextFor = (owner: OwnerId, preamble: Buffer, metadata: Metadata) =>
  contextOf("owner", 1, owner, preamble.toString("base64url"), ...Object.entries(metadata).toSorted().flat());
