/** OwnerKeys and WrappingKeys in memory, as the real ones behave. */
import { constants, generateKeyPairSync, type KeyObject, privateDecrypt, randomBytes } from "node:crypto";
import type { OwnerKeys } from "../../lib/azure/blob-owner-keys.ts";
import type { Clock } from "../../lib/domain/clock.ts";
import { KEY_BYTES, unreadable, type WrappingKeys } from "../../lib/domain/envelope.ts";
import { Kept } from "../../lib/domain/kept.ts";
import type { OwnerId } from "../../lib/domain/owner.ts";

/** `stored` stands for the storage that several instances share. */
export function memoryOwnerKeys(stored: Map<OwnerId, Buffer>, now: Clock): OwnerKeys {
  const kept = new Kept<OwnerId, Buffer>(now, { most: 100, milliseconds: 60_000 });
  const find: OwnerKeys["find"] = async (owner, { fresh } = { fresh: false }) => {
    const known = fresh ? undefined : kept.get(owner);
    if (known) return known;
    kept.delete(owner);
    const key = stored.get(owner);
    return key && kept.set(owner, key);
  };
  const obtain = async (owner: OwnerId) => {
    const known = await find(owner);
    if (known) return known;
    const key = stored.get(owner) ?? randomBytes(KEY_BYTES);
    stored.set(owner, key);
    return kept.set(owner, key);
  };
  return {
    find,
    obtain,
    async obtainFresh(owner) {
      kept.delete(owner);
      return await obtain(owner);
    },
    async offer(owner) {
      const key = await obtain(owner);
      return { key, stored: Promise.resolve(key) };
    },
    require: async (owner) => (await find(owner)) ?? fail(),
    forget: (owner) => kept.delete(owner),
    etagOf: async (owner) => stored.get(owner)?.toString("hex"),
    async erase(owner, only) {
      if (stored.get(owner)?.toString("hex") === only) stored.delete(owner);
      kept.delete(owner);
    },
  };
}

export type MemoryKey = { id: string; publicKey: KeyObject; privateKey: KeyObject };

export const aMemoryKey = (name: string): MemoryKey => ({
  id: `https://vault.example/keys/${name}/${randomBytes(16).toString("hex")}`,
  ...generateKeyPairSync("rsa", { modulusLength: 3072 }),
});

export const memoryWrappingKeys = (keys: MemoryKey[]): WrappingKeys => ({
  async current(owner) {
    const bytes = Buffer.from(owner, "base64url");
    const { id, publicKey } = keys[bytes.readUInt32BE() % keys.length] ?? fail();
    return { id, publicKey };
  },
  isCurrent: (keyId) => keys.some(({ id }) => id === keyId),
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
