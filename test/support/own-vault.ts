/** A vault of the test file's own: its counts are this file's only, and its faults affect no other test. */
import * as z from "zod";
import { type ManagedIdentity, startManagedIdentity } from "../../infra/local/identity.ts";
import type { Fault } from "../../infra/local/vault/faults.ts";
import { startVault } from "../../infra/local/vault/start-vault.ts";
import { createVaultAdmin, type VaultAdmin } from "../../infra/local/vault-admin.ts";
import type { Blobs } from "../../lib/azure/stores/blobs.ts";

const Counters = z.record(z.string(), z.number());

export type OwnVault = {
  /** The app settings that make an app use it, including `PINNED_PUBLIC_KEYS`. */
  settings: Record<string, string>;
  /**
   * Wraps the storage of an app that uses it: its shard keys are stored beside those of the stack's own
   * vault.
   */
  through(blobs: Blobs): Blobs;
  admin: VaultAdmin;
  url: string;
  /** Calls by operation since the last time, without operations that weren't called. */
  takeCalls(): Promise<Record<string, number>>;
  break(fault: Fault): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
};

/** `shared`: the managed identity that the vaults of one process share; its starter ends it. */
export async function ownVault(shared?: ManagedIdentity): Promise<OwnVault> {
  const identity = shared ?? (await startManagedIdentity({ port: 0 }));
  const { verifyToken } = identity;
  const vault = await startVault({ port: 0, verifyToken, operationsPer10Seconds: null });
  const admin = createVaultAdmin(vault.url, identity);
  await admin.ensureKey("backup-kek");
  const keys = (await admin.publicKeys("backup-kek")).map(({ kid, kty, n, e }) => ({ kid, kty, n, e }));
  const dev = (method: string, path: string, body?: unknown) =>
    fetch(`${vault.url}/dev/${path}`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
  await dev("DELETE", "counters");
  return {
    url: vault.url,
    admin,
    through: ownShardKeys(),
    settings: {
      KEY_IDS: keys[0]?.kid ?? "",
      PINNED_PUBLIC_KEYS: JSON.stringify({ keys }),
      ...identity.settings,
    },
    async takeCalls() {
      const counters = Counters.parse(await (await dev("DELETE", "counters")).json());
      return Object.fromEntries(Object.entries(counters).filter(([, calls]) => calls > 0));
    },
    break: async (fault) => void (await dev("PUT", "faults", fault)),
    mend: async () => void (await dev("DELETE", "faults")),
    async close() {
      await vault.close();
      if (!shared) await identity.close();
    },
  };
}

/** Shard keys of the test's own, in their own folder. */
export function ownShardKeys(): (blobs: Blobs) => Blobs {
  const folder = `shard-keys-${crypto.randomUUID()}/`;
  const own = (name: string) => name.replace(/^shard-keys\//, folder);
  return (blobs) => ({
    ...blobs,
    read: (name) => blobs.read(own(name)),
    write: (name, ...rest) => blobs.write(own(name), ...rest),
  });
}
