/** HeadStore on Blob Storage: one blob per owner and platform, sealed under the owner's key. */
import { contextOf, deriveKey, open, seal, unreadable } from "../domain/envelope.ts";
import { Failure } from "../domain/failure.ts";
import { Head, type HeadStore } from "../domain/head.ts";
import type { Place } from "../domain/owner.ts";
import { dueAt, type StalenessPolicy } from "../domain/staleness.ts";
import type { OwnerKeys } from "./blob-owner-keys.ts";
import type { Blobs, Metadata, StoredBlob } from "./blobs.ts";

export const blobHeadStore = (backups: Blobs, ownerKeys: OwnerKeys, policy: StalenessPolicy): HeadStore => ({
  async find(place) {
    const [blob, key] = await Promise.all([backups.read(nameOf(place)), ownerKeys.find(place.owner)]);
    if (!blob) {
      ownerKeys.forget(place.owner);
      return undefined;
    }
    const head = tryOpen(key, place, blob) ?? openHead(await freshKey(ownerKeys, place), place, blob);
    return { value: head, etag: blob.etag };
  },

  async put(place, head, replaces) {
    const due = dueAt(head, policy);
    const metadata: Metadata = due ? { dueat: due.toISOString() } : {};
    const context = contextFor(place, metadata);
    const key = deriveKey(context, await ownerKeys.obtain(place.owner));
    const content = seal(key, context, Buffer.from(JSON.stringify(head)));
    return await backups.write(nameOf(place), { content, metadata }, replaces);
  },
});

const nameOf = ({ owner, platform }: Place) => `heads/${owner}/${platform}`;

/** The metadata is in it, so that changing it is noticed too. */
const contextFor = ({ owner, platform }: Place, { dueat = null, ...others }: Record<string, string | null>) =>
  contextOf("head", 1, owner, platform, dueat, ...Object.entries(others).flat());

const freshKey = (ownerKeys: OwnerKeys, { owner }: Place) => ownerKeys.find(owner, { fresh: true });

function openHead(key: Buffer | undefined, place: Place, { content, metadata }: StoredBlob): Head {
  if (!key) throw unreadable();
  const context = contextFor(place, metadata);
  return Head.parse(JSON.parse(open(deriveKey(context, key), context, content).toString()));
}

/** A cached key may be one that another instance has erased and made anew since: the caller tries the fresh one. */
function tryOpen(...[key, place, blob]: Parameters<typeof openHead>): Head | undefined {
  try {
    return openHead(key, place, blob);
  } catch (error) {
    if (error instanceof Failure && error.kind === "backup-unreadable") return undefined;
    throw error;
  }
}
