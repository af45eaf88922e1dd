/** VersionSeal with Key Vault: each version has its own data key, wrapped by the vault's public key. */
import { randomBytes } from "node:crypto";
import type { UnsealedVersion, VersionSeal, Wrapping } from "../../domain/backup/head.ts";
import type { BackupKey } from "../../domain/owner.ts";
import {
  contextOf,
  deriveKey,
  KEY_BYTES,
  open,
  seal,
  unreadable,
  type WrappingKeys,
  wrapKey,
} from "../../domain/sealing/seal.ts";
import type { OwnerKeys } from "./blob-owner-keys.ts";
import { incarnationOf } from "./owner-seal.ts";

export function versionSeal(ownerKeys: OwnerKeys, keys: WrappingKeys): VersionSeal {
  const unwrap = ({ keyId, wrappedKey }: Wrapping) =>
    keys.unwrap(keyId, Buffer.from(wrappedKey, "base64url"));
  const contentKey = async (place: BackupKey, version: UnsealedVersion & Wrapping) => {
    const [dataKey, ownerKey] = await Promise.all([unwrap(version), ownerKeys.find(place.owner)]);
    if (!ownerKey) throw unreadable();
    return deriveKey(contextFor(place, version), dataKey, ownerKey);
  };
  return {
    async seal(place, version, content) {
      const [{ id, publicKey }, ownerKey] = await Promise.all([
        keys.current(place.owner),
        ownerKeys.offer(place.owner),
      ]);
      const dataKey = randomBytes(KEY_BYTES);
      const context = contextFor(place, version);
      const wrapping = { keyId: id, wrappedKey: wrapKey(publicKey, dataKey).toString("base64url") };
      const stored = await ownerKey.stored;
      const sealed = seal(deriveKey(context, dataKey, stored), context, content);
      return { wrapping, sealed, incarnation: incarnationOf(place.owner, stored) };
    },
    async open(place, version, sealed) {
      const [key, content] = await Promise.all([contentKey(place, version), sealed]);
      return open(key, contextFor(place, version), content);
    },
    sealAgain: async (place, version, content) =>
      seal(await contentKey(place, version), contextFor(place, version), content),
    async rewrap(owner, version) {
      const { id, publicKey } = await keys.current(owner);
      if (id === version.keyId) return version;
      return { keyId: id, wrappedKey: wrapKey(publicKey, await unwrap(version)).toString("base64url") };
    },
  };
}

const contextFor = (
  { owner, platform }: BackupKey,
  { id, device, createdAt, contentType, sizeBytes }: UnsealedVersion,
) => contextOf("version", 1, owner, platform, id, device, createdAt.toISOString(), contentType, sizeBytes);
