/** HeadStore on Blob Storage: one blob per owner and platform, sealed under the owner's key. */
import { contextOf, deriveKey, open, seal, unreadable } from "../domain/envelope.ts";
import { Head, type HeadStore } from "../domain/head.ts";
import type { Place } from "../domain/owner.ts";
import { dueAt, keyToWatch, type StalenessPolicy } from "../domain/staleness.ts";
import { jsonOf } from "../domain/text.ts";
import { type OwnerKeys, openUnder } from "./blob-owner-keys.ts";
import type { Blobs, Metadata, StoredBlob } from "./blobs.ts";

export const blobHeadStore = (backups: Blobs, ownerKeys: OwnerKeys, policy: StalenessPolicy): HeadStore => ({
  async find(place) {
    const [blob, key] = await Promise.all([backups.read(nameOf(place)), ownerKeys.find(place.owner)]);
    if (!blob) return undefined;
    const head = await openUnder(ownerKeys, place.owner, key, (each) => openHead(each, place, blob));
    return { value: head, etag: blob.etag };
  },

  async put(place, head, replaces) {
    const metadata = metadataOf(head, policy);
    const context = contextFor(place, metadata);
    // An owner begins with it: never under a key that another instance has erased meanwhile.
    const ownerKey = await (replaces ? ownerKeys.find(place.owner) : ownerKeys.obtainFresh(place.owner));
    if (!ownerKey) return undefined;
    const content = seal(deriveKey(context, ownerKey), context, Buffer.from(JSON.stringify(head)));
    return await backups.write(nameOf(place), { content, metadata }, replaces);
  },
});

/** What the sweep goes by. */
function metadataOf(head: Head, policy: StalenessPolicy): Metadata {
  const [due, kid] = [dueAt(head, policy), keyToWatch(head)];
  return { ...(due && { dueat: due.toISOString() }), ...(kid && { kid }) };
}

const nameOf = ({ owner, platform }: Place) => `heads/${owner}/${platform}`;

const Stored = jsonOf(Head);

/** The metadata is in it, so that changing it is noticed too. */
const contextFor = ({ owner, platform }: Place, { dueat = null, ...others }: Record<string, string | null>) =>
  contextOf("head", 1, owner, platform, dueat, ...Object.entries(others).flat());

function openHead(key: Buffer, place: Place, { content, metadata }: StoredBlob): Head {
  const context = contextFor(place, metadata);
  const parsed = Stored.safeParse(open(deriveKey(context, key), context, content).toString());
  if (parsed.success) return parsed.data;
  throw unreadable();
}
