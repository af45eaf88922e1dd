/** Makes the blob containers that a deployment would find already there. */
import { BlobServiceClient } from "@azure/storage-blob";

export async function ensureContainers(connectionString: string, names: readonly string[]): Promise<void> {
  const service = BlobServiceClient.fromConnectionString(connectionString);
  await Promise.all(names.map((name) => service.getContainerClient(name).createIfNotExists()));
}
