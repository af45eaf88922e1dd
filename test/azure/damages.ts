/** Every damage that somebody with write access could do to a blob, and what callers are told then. */
import type { StoredBlob } from "../../lib/azure/stores/blobs.ts";
import { Failure } from "../../lib/domain/failure.ts";

/** Every change of one byte, every cut, and one byte too many. */
export function* damagesOf(content: Buffer): Generator<Buffer> {
  for (let at = 0; at < content.length; at++) {
    const flipped = Buffer.from(content);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
    yield flipped;
    yield content.subarray(0, at);
  }
  yield Buffer.concat([content, Buffer.alloc(1)]);
}

/** Every value damaged, every one missing, and one too many. */
export function* metadataDamagesOf(metadata: Record<string, string>): Generator<Record<string, string>> {
  for (const [name, value] of Object.entries(metadata)) {
    const { [name]: _, ...others } = metadata;
    yield others;
    for (const damaged of damagesOf(Buffer.from(value)))
      yield { ...metadata, [name]: damaged.toString("latin1") };
  }
  yield { ...metadata, more: "1" };
}

/** The blob with other content. */
export const holding = (blob: StoredBlob, content: Buffer): StoredBlob => ({
  ...blob,
  content,
  size: content.length,
});

/** All of these damages, to content and metadata. */
export function* damagesOfBlob(blob: StoredBlob): Generator<StoredBlob> {
  for (const content of damagesOf(blob.content)) yield holding(blob, content);
  for (const metadata of metadataDamagesOf(blob.metadata)) yield { ...blob, metadata };
}

/** The parts of an owner's blob: the lengths, the state, the record, the bodies. */
export function partsOf({ content }: StoredBlob): Buffer[] {
  const count = content.readUInt32BE(4);
  const lengths = Array.from({ length: count }, (_, index) => content.readUInt32BE(8 + index * 4));
  let at = 0;
  return [8 + count * 4, ...lengths].map((length) => {
    at += length;
    return content.subarray(at - length, at);
  });
}

/** The blob with one part taken from another. */
export const withPartOf = (blob: StoredBlob, other: StoredBlob, index: number): StoredBlob =>
  holding(blob, Buffer.concat(partsOf(blob).with(index, partsOf(other)[index] ?? Buffer.alloc(0))));

/** Every mix of two owners' blobs, part by part, except the two originals. */
export function* mixesOf(one: StoredBlob, other: StoredBlob): Generator<StoredBlob> {
  const [ours, theirs] = [partsOf(one), partsOf(other)];
  for (let chosen = 0; chosen < 2 ** ours.length; chosen++) {
    const parts = ours.map((part, index) => ((chosen >> index) & 1 ? (theirs[index] ?? part) : part));
    const content = Buffer.concat(parts);
    if (!content.equals(one.content) && !content.equals(other.content)) yield holding(one, content);
  }
}

/** What a caller is told in the end: "opened", or the whole refusal. */
export async function told(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return "opened";
  } catch (error) {
    if (error instanceof Failure) return JSON.stringify([error.kind, error.message, error.details]);
    throw error;
  }
}

/** The single refusal for everything that can't be opened. */
export const refused = JSON.stringify(["backup-unreadable", "The backup can't be opened.", {}]);

export const pairs = <T>(items: T[]): [T, T][] =>
  items.flatMap((first, index) => items.slice(index + 1).map((second): [T, T] => [first, second]));
