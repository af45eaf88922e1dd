/** Where the ports' contract tests go: the local stack, or a real account and vault named by the environment. */
import { DefaultAzureCredential, type TokenCredential } from "@azure/identity";
import { KeyClient } from "@azure/keyvault-keys";
import { BlobServiceClient } from "@azure/storage-blob";
import { inject } from "vitest";
import { type Blobs, blobContainer } from "../../lib/azure/blobs.ts";
import { managedIdentity } from "../../lib/azure/credential.ts";
import { type KeyId, parseKeyId } from "../../lib/azure/key-id.ts";
import { vaultOptions } from "../../lib/azure/vault-client.ts";
import { ownVault } from "./own-vault.ts";

export type StorageTarget = { blobs: Blobs; remove(): Promise<void> };

/** A container of the test's own. `TEST_BLOB_URL`: a connection string, or the address of a blob service. */
export async function storageTarget(): Promise<StorageTarget> {
  const address = process.env["TEST_BLOB_URL"] ?? inject("surroundings").settings["BACKUPS_STORAGE"] ?? "";
  const service = address.startsWith("https:")
    ? new BlobServiceClient(address, new DefaultAzureCredential())
    : BlobServiceClient.fromConnectionString(address);
  const container = service.getContainerClient(`contract-${crypto.randomUUID()}`);
  await container.create();
  return { blobs: blobContainer(container), remove: async () => void (await container.delete()) };
}

export type VaultTarget = { credential: TokenCredential; keyIds: KeyId[]; close(): Promise<void> };

/** Two keys of the test's own. `TEST_VAULT_URL`: the address of a vault in which keys may be created. */
export async function vaultTarget(): Promise<VaultTarget> {
  const url = process.env["TEST_VAULT_URL"];
  return url ? await remoteVault(url) : await localVault();
}

async function remoteVault(url: string): Promise<VaultTarget> {
  const credential = new DefaultAzureCredential();
  const client = new KeyClient(url, credential, vaultOptions(url));
  const create = () =>
    client.createRsaKey(`contract-${crypto.randomUUID()}`, {
      keySize: 3072,
      keyOps: ["wrapKey", "unwrapKey"],
    });
  const keys = [await create(), await create()];
  const close = async () => {
    for (const { name } of keys) await client.beginDeleteKey(name);
  };
  return { credential, keyIds: keys.flatMap(({ id }) => parseKeyId(id ?? "") ?? []), close };
}

async function localVault(): Promise<VaultTarget> {
  const vault = await ownVault();
  await vault.admin.ensureKey("second");
  const [second] = await vault.admin.publicKeys("second");
  const ids = [vault.settings["KEY_IDS"] ?? "", second?.kid ?? ""];
  const { IDENTITY_ENDPOINT, IDENTITY_HEADER } = vault.settings;
  Object.assign(process.env, { IDENTITY_ENDPOINT, IDENTITY_HEADER });
  return {
    credential: managedIdentity(undefined),
    keyIds: ids.flatMap((id) => parseKeyId(id) ?? []),
    close: vault.close,
  };
}
