/** Creates the blob containers and queues that a deployment creates in Azure. */
import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";

export async function ensureContainers(connectionString: string, names: readonly string[]): Promise<void> {
  const service = BlobServiceClient.fromConnectionString(connectionString);
  await Promise.all(names.map((name) => service.getContainerClient(name).createIfNotExists()));
}

export async function ensureQueues(connectionString: string, names: readonly string[]): Promise<void> {
  const service = QueueServiceClient.fromConnectionString(connectionString);
  await Promise.all(names.map((name) => service.getQueueClient(name).createIfNotExists()));
}
