/** Blob Storage in the few words the stores need: read, write on condition. Every SDK error ends here. */
import type { ContainerClient } from "@azure/storage-blob";
import { Failure } from "../domain/failure.ts";
import { restStatus } from "./rest-status.ts";

export type Metadata = Record<string, string>;
export type StoredBlob = { content: Buffer; etag: string; metadata: Metadata };

export interface Blobs {
  read(name: string): Promise<StoredBlob | undefined>;
  /** The new ETag, or undefined if the blob is not the one that `replaces` names (undefined: if there is one). */
  write(
    name: string,
    blob: { content: Buffer; metadata?: Metadata },
    replaces: string | undefined,
  ): Promise<string | undefined>;
}

/** One call with all its tries: a phone must not wait longer for an answer. */
const DEADLINE_MS = 8000;

export const blobContainer = (container: ContainerClient): Blobs => ({
  read: (name) => read(container, name),
  async write(name, { content, metadata = {} }, replaces) {
    try {
      const { etag = "" } = await container.getBlockBlobClient(name).upload(content, content.length, {
        abortSignal: AbortSignal.timeout(DEADLINE_MS),
        conditions: replaces ? { ifMatch: replaces } : { ifNoneMatch: "*" },
        metadata,
      });
      return etag;
    } catch (error) {
      if (!isStatus(error, 404, 409, 412)) throw unavailable(error);
      return etagIfOurs(await read(container, name), content);
    }
  },
});

async function read(container: ContainerClient, name: string): Promise<StoredBlob | undefined> {
  try {
    const response = await container
      .getBlobClient(name)
      .download(0, undefined, { abortSignal: AbortSignal.timeout(DEADLINE_MS) });
    const { etag = "", metadata = {}, readableStreamBody } = response;
    return { content: await collect(readableStreamBody), etag, metadata };
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw unavailable(error);
  }
}

/** An answer that was lost after the write makes the SDK's next try fail: sealed content is random, so equal is ours. */
const etagIfOurs = (stored: StoredBlob | undefined, content: Buffer) =>
  stored?.content.equals(content) ? stored.etag : undefined;

async function collect(stream: NodeJS.ReadableStream | undefined): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream ?? []) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

const isStatus = (error: unknown, ...statuses: number[]) => statuses.includes(restStatus(error) ?? 0);

const unavailable = (cause: unknown) =>
  new Failure("storage-unavailable", "The storage does not answer.", { retryAfterSeconds: 5 }, { cause });
