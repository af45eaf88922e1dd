/** An old copy of an owner's storage, as an attacker may have made it: taken, and put back later. */
import { createHash } from "node:crypto";
import { BlobServiceClient } from "@azure/storage-blob";
import type { Stack } from "../../local/stack.ts";

const FOLDERS = ["owners", "bodies", "recoveries", "activity"];

export type OldCopy = { blobs: number; putBack(): Promise<void>; takeAway(): Promise<void> };

export async function copyOf({ settings, addresses }: Stack, subject: string): Promise<OldCopy> {
  const { BACKUPS_STORAGE = "" } = settings;
  const container = BlobServiceClient.fromConnectionString(BACKUPS_STORAGE).getContainerClient("backups");
  const owner = createHash("sha256").update(`${addresses.issuer}\n${subject}`).digest("base64url");
  const copies: { name: string; content: Buffer; metadata: Record<string, string> }[] = [];
  for (const folder of FOLDERS) {
    for await (const { name } of container.listBlobsFlat({ prefix: `${folder}/${owner}` })) {
      const blob = container.getBlobClient(name);
      const { metadata = {} } = await blob.getProperties();
      copies.push({ name, content: await blob.downloadToBuffer(), metadata });
    }
  }
  return {
    blobs: copies.length,
    async putBack() {
      for (const { name, content, metadata } of copies)
        await container.getBlockBlobClient(name).upload(content, content.length, { metadata });
    },
    async takeAway() {
      for (const { name } of copies) await container.getBlobClient(name).deleteIfExists();
    },
  };
}
