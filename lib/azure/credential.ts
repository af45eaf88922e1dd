/** The app's sign-in to Azure: its managed identity, never a secret from a setting. */
import type { ManagedIdentityCredential, TokenCredential } from "@azure/identity";
import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import type { StorageAddress } from "../config/values.ts";
import { RETRIES } from "./storage-calls.ts";

/** The library loads slowly and is needed only for the first token, so load it then. */
export function managedIdentity(clientId: string | undefined): TokenCredential {
  let loading: Promise<ManagedIdentityCredential> | undefined;
  return {
    async getToken(scopes, options) {
      loading ??= import("./managed-identity.ts").then(({ createManagedIdentity }) =>
        createManagedIdentity(clientId),
      );
      return await (await loading).getToken(scopes, options);
    },
  };
}

const OPTIONS = { retryOptions: { ...RETRIES, tryTimeoutInMs: 4000 } };

/** The queues are in the storage account of the backups. */
export const queueService = (address: StorageAddress, credential: TokenCredential) =>
  "connectionString" in address
    ? QueueServiceClient.fromConnectionString(address.connectionString, OPTIONS)
    : new QueueServiceClient(address.url, credential, OPTIONS);

export const blobService = (address: StorageAddress, credential: TokenCredential) =>
  "connectionString" in address
    ? BlobServiceClient.fromConnectionString(address.connectionString, OPTIONS)
    : new BlobServiceClient(address.url, credential, OPTIONS);
