/** How the app proves itself to Azure: its managed identity, and nothing that could be copied out of a setting. */
import { ManagedIdentityCredential } from "@azure/identity";
import { BlobServiceClient, type StoragePipelineOptions, StorageRetryPolicyType } from "@azure/storage-blob";
import type { StorageAddress } from "../settings.ts";

export const managedIdentity = (clientId: string | undefined) =>
  clientId ? new ManagedIdentityCredential({ clientId }) : new ManagedIdentityCredential();

const RETRIES: StoragePipelineOptions = {
  retryOptions: {
    retryPolicyType: StorageRetryPolicyType.EXPONENTIAL,
    maxTries: 3,
    retryDelayInMs: 200,
    maxRetryDelayInMs: 1000,
    tryTimeoutInMs: 4000,
  },
};

export const blobService = (address: StorageAddress, credential: ManagedIdentityCredential) =>
  "connectionString" in address
    ? BlobServiceClient.fromConnectionString(address.connectionString, RETRIES)
    : new BlobServiceClient(address.url, credential, RETRIES);
