/** A store of sealed JSON, one blob per value, replaced by ETag, such as recoveries and credentials. */

import * as z from "zod";
import { OwnerId } from "../../domain/owner.ts";
import { contextOf, unreadable } from "../../domain/sealing/seal.ts";
import type { Store } from "../../domain/store.ts";
import { jsonOf } from "../../domain/text.ts";
import type { OwnerSeal } from "../keys/owner-seal.ts";
import type { Blobs, Metadata, StoredBlob } from "./blobs.ts";

type Kind<K, T> = {
  schema: z.ZodType<T>;
  nameOf(key: K): string | Promise<string>;
  /** The owner whose key seals the value; undefined if the metadata names the owner instead. */
  ownerOf(key: K): OwnerId | undefined;
  ownerIn(value: T): OwnerId | undefined;
  /** When a sweep is due for it. Stored in the metadata, so that listings show it. */
  dueAt?(value: T): Date | undefined;
};

const OwnerMetadata = z.object({ owner: OwnerId });

export const sealedStore = <K, T>(blobs: Blobs, seal: OwnerSeal, kind: Kind<K, T>): Store<K, T> => ({
  async find(key) {
    const known = kind.ownerOf(key);
    if (known) seal.prepare(known);
    const name = await kind.nameOf(key);
    const blob = await blobs.read(name);
    if (!blob) return undefined;
    const owner = known ?? ownerIn(blob);
    const content = await seal.open(owner, contextFor(name, blob.metadata), blob.content);
    const parsed = jsonOf(kind.schema).safeParse(content.toString());
    if (!parsed.success) throw unreadable();
    return { value: parsed.data, etag: blob.etag };
  },

  async put(key, value, replaces, incarnation) {
    const known = kind.ownerOf(key);
    const owner = known ?? kind.ownerIn(value);
    if (!owner) throw unreadable();
    const name = await kind.nameOf(key);
    const dueAt = kind.dueAt?.(value);
    const metadata: Metadata = {
      ...(!known && { owner }),
      ...(dueAt && { dueat: dueAt.toISOString() }),
    };
    const json = Buffer.from(JSON.stringify(value));
    const content = await seal.seal(owner, contextFor(name, metadata), json, incarnation);
    return await blobs.write(name, { content, metadata }, replaces);
  },
});

/**
 * Binds the blob's name and metadata to the seal: it opens nowhere else, and its metadata can't be changed.
 */
const contextFor = (name: string, metadata: Metadata) =>
  contextOf("record", 1, name, ...Object.entries(metadata).toSorted().flat());

function ownerIn({ metadata }: StoredBlob): OwnerId {
  const parsed = OwnerMetadata.safeParse(metadata);
  if (parsed.success) return parsed.data.owner;
  throw unreadable();
}
