/** OwnerKeys and WrappingKeys in memory, with the behaviour of the real ones. */
import { constants, generateKeyPairSync, type KeyObject, privateDecrypt, randomBytes } from "node:crypto";
import { blobOwnerKeys, type OwnerKeys } from "../../lib/azure/keys/blob-owner-keys.ts";
import type { StoredBlob } from "../../lib/azure/stores/blobs.ts";
import type { Clock } from "../../lib/domain/clock.ts";
import { unreadable, type WrappingKeys } from "../../lib/domain/sealing/seal.ts";
import { memoryBlobs } from "./memory-blobs.ts";

/** `stored` stands for the storage that several instances share. */
export const memoryOwnerKeys = (stored: Map<string, StoredBlob>, now: Clock): OwnerKeys =>
  blobOwnerKeys(memoryBlobs(stored), now);

export type MemoryKey = { id: string; publicKey: KeyObject; privateKey: KeyObject };

export const aMemoryKey = (name: string): MemoryKey => ({
  id: `https://vault.example/keys/${name}/${randomBytes(16).toString("hex")}`,
  ...generateKeyPairSync("rsa", { modulusLength: 3072 }),
});

/** `current`: those that wrap now; the others only unwrap. */
export const memoryWrappingKeys = (keys: MemoryKey[], current = keys): WrappingKeys => ({
  async current(owner) {
    const bytes = Buffer.from(owner, "base64url");
    const { id, publicKey } = current[bytes.readUInt32BE() % current.length] ?? fail();
    return { id, publicKey };
  },
  isCurrent: (keyId) => current.some(({ id }) => id === keyId),
  findNewest: async () => undefined,
  async unwrap(keyId, wrapped) {
    const { privateKey: key } = keys.find(({ id }) => id === keyId) ?? fail();
    try {
      return privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" }, wrapped);
    } catch (cause) {
      throw unreadable(cause);
    }
  },
});

function fail(): never {
  throw unreadable();
}
