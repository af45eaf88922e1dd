/** The targets of the adapter tests: the local stand-ins, or TEST_BLOB_URL and TEST_VAULT_URL. */
import { DefaultAzureCredential, type TokenCredential } from "@azure/identity";
import { KeyClient } from "@azure/keyvault-keys";
import type { ContainerClient } from "@azure/storage-blob";
import { inject } from "vitest";
import { blobService, managedIdentity } from "../../lib/azure/credential.ts";
import type { VaultKeys } from "../../lib/azure/keys/current-keys.ts";
import { vaultOptions } from "../../lib/azure/keys/vault-client.ts";
import { storageCalls } from "../../lib/azure/storage-calls.ts";
import { type Blobs, blobContainer } from "../../lib/azure/stores/blobs.ts";
import { type KeyId, parseKeyId } from "../../lib/config/key-id.ts";
import { ownVault } from "../support/own-vault.ts";

export type OwnContainer = { blobs: Blobs; container: ContainerClient; close(): Promise<void> };

/**
 * A container of the test's own. TEST_BLOB_URL is a connection string or an https address; default: the
 * stack's.
 */
export async function ownContainer(): Promise<OwnContainer> {
  const address = process.env["TEST_BLOB_URL"] ?? inject("surroundings").settings["BACKUPS_STORAGE"] ?? "";
  const credential = new DefaultAzureCredential();
  const account = address.startsWith("https://") ? { url: address } : { connectionString: address };
  const container = blobService(account, credential).getContainerClient(`test-${crypto.randomUUID()}`);
  await container.create();
  return {
    container,
    blobs: blobContainer(container, storageCalls(account, credential)),
    close: async () => void (await container.delete()),
  };
}

export type OwnKeys = VaultKeys & { credential: TokenCredential; close(): Promise<void> };

/**
 * Keys of the test's own, none pinned, in the vault at TEST_VAULT_URL; by default in a vault started for it.
 */
export async function ownKeys(count: number): Promise<OwnKeys> {
  const url = process.env["TEST_VAULT_URL"];
  const names = Array.from({ length: count }, () => `test-${crypto.randomUUID()}`);
  return url ? await keysInAzure(url.replace(/\/$/, ""), names) : await keysInOwnVault(names);
}

async function keysInAzure(url: string, names: string[]): Promise<OwnKeys> {
  const credential = new DefaultAzureCredential();
  const client = new KeyClient(url, credential, vaultOptions(url));
  const made = await Promise.all(
    names.map((name) => client.createRsaKey(name, { keySize: 3072, keyOps: ["wrapKey", "unwrapKey"] })),
  );
  return {
    credential,
    keyIds: made.map(({ id = "" }) => required(id)),
    pinned: [],
    refreshSeconds: 3600,
    close: async () => void (await Promise.all(names.map((name) => client.beginDeleteKey(name)))),
  };
}

async function keysInOwnVault(names: string[]): Promise<OwnKeys> {
  const { admin, settings, close } = await ownVault();
  const made = await Promise.all(
    names.map(async (name) => {
      await admin.ensureKey(name);
      return await admin.publicKeys(name);
    }),
  );
  const { IDENTITY_ENDPOINT, IDENTITY_HEADER } = settings;
  Object.assign(process.env, { IDENTITY_ENDPOINT, IDENTITY_HEADER });
  const credential = managedIdentity(undefined);
  return {
    credential,
    keyIds: made.flat().map(({ kid }) => required(kid)),
    pinned: [],
    refreshSeconds: 3600,
    close,
  };
}

function required(id: string): KeyId {
  const parsed = parseKeyId(id);
  if (parsed) return parsed;
  throw new Error(`${id} is not a versioned key id`);
}
