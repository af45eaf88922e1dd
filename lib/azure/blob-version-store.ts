/** VersionStore on Blob Storage: immutable ciphertext; the wrapped data key stands in the metadata, where re-wrap may renew it. */
import { randomBytes } from "node:crypto";
import * as z from "zod";
import {
  contextOf,
  deriveKey,
  KEY_BYTES,
  open,
  seal,
  unreadable,
  type WrappingKeys,
  wrapKey,
} from "../domain/envelope.ts";
import { Failure } from "../domain/failure.ts";
import type { Version, VersionStore } from "../domain/head.ts";
import type { Place } from "../domain/owner.ts";
import type { Changed } from "../domain/sweep.ts";
import type { OwnerKeys } from "./blob-owner-keys.ts";
import type { Blobs, Listed } from "./blobs.ts";

const FORMAT = "1";

const Wrapping = z.strictObject({ format: z.literal(FORMAT), kid: z.string(), wrappedkey: z.base64url() });

export const blobVersionStore = (backups: Blobs, ownerKeys: OwnerKeys, keys: WrappingKeys): VersionStore => {
  return {
    async put(place, version, document) {
      const [{ id, publicKey }, ownerKey] = await Promise.all([
        keys.current(place.owner),
        ownerKeys.offer(place.owner),
      ]);
      const dataKey = randomBytes(KEY_BYTES);
      const context = contextFor(place, version);
      const metadata = {
        format: FORMAT,
        kid: id,
        wrappedkey: wrapKey(publicKey, dataKey).toString("base64url"),
      };
      const store = async (key: Buffer, replaces?: string) => {
        const sealed = seal(deriveKey(context, dataKey, key), context, document);
        const content = version.custody === "client" ? Buffer.alloc(0) : sealed;
        const etag = await backups.write(nameOf(place, version), { content, metadata }, replaces);
        if (etag) return { etag, sealed };
        throw new Failure("storage-unavailable", "The version was not stored.", { retryAfterSeconds: 5 });
      };
      const [first, ownersKey] = await Promise.all([store(ownerKey.key), ownerKey.stored]);
      // Somebody else has made the owner's key at the same time: what was stored under ours opens for nobody.
      const { sealed } = ownersKey.equals(ownerKey.key) ? first : await store(ownersKey, first.etag);
      return { keyId: id, sealed };
    },

    async read(place, version) {
      const [blob, ownerKey] = await Promise.all([
        backups.read(nameOf(place, version)),
        ownerKeys.find(place.owner),
      ]);
      const wrapping = Wrapping.safeParse(blob?.metadata);
      if (!blob || !ownerKey || !wrapping.success) throw unreadable();
      const { kid, wrappedkey } = wrapping.data;
      const context = contextFor(place, version);
      const unwrapKey = async () => {
        const dataKey = await keys.unwrap(kid, Buffer.from(wrappedkey, "base64url"));
        return deriveKey(context, dataKey, ownerKey);
      };
      return {
        open: async (kept) => open(await unwrapKey(), context, kept ?? blob.content),
        sealAgain: async (document) => seal(await unwrapKey(), context, document),
      };
    },
  };
};

/** The data key is unwrapped by the key that wrapped it and wrapped by the present one; the sealed content isn't touched. */
export const rewrapVersion =
  (backups: Blobs, keys: WrappingKeys) =>
  async ({ name, etag, metadata }: Listed, changed: Changed): Promise<void> => {
    const wrapping = Wrapping.safeParse(metadata);
    const [, owner = ""] = name.split("/");
    if (!wrapping.success) throw unreadable();
    const { kid, wrappedkey } = wrapping.data;
    const { id, publicKey } = await keys.current(owner);
    if (id === kid) return;
    const dataKey = await keys.unwrap(kid, Buffer.from(wrappedkey, "base64url"));
    const renewed = {
      format: FORMAT,
      kid: id,
      wrappedkey: wrapKey(publicKey, dataKey).toString("base64url"),
    };
    if (await backups.writeMetadata(name, renewed, etag)) changed(renewed);
  };

type Sealed = Omit<Version, "keyId">;

const nameOf = ({ owner, platform }: Place, { id }: Sealed) => `versions/${owner}/${platform}/${id}`;

const contextFor = ({ owner, platform }: Place, { id, device, createdAt, contentType, sizeBytes }: Sealed) =>
  contextOf("version", FORMAT, owner, platform, id, device, createdAt.toISOString(), contentType, sizeBytes);
