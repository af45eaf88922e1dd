/** Blob Storage in the few words the stores need: read, write on condition, append, list, delete. Every SDK error ends here. */
import type { BlobItem, ContainerClient } from "@azure/storage-blob";
import { Failure } from "../domain/failure.ts";
import { isContainerMissing, restStatus } from "./rest-status.ts";

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
  /** Adds to the end of a blob that only grows; false if it isn't `at` bytes long: then nothing is written. */
  append(name: string, content: Buffer, at: number): Promise<boolean>;
  /** What stands there from this byte on; nothing if it is shorter, or not there. */
  readFrom(name: string, offset: number): Promise<Buffer>;
  /** Gone afterwards, whether it was there or not; with `only`, if it is still the one with that ETag. */
  delete(name: string, only?: string): Promise<void>;
  /** The metadata alone, if the blob is still the one that `replaces` names; false if not. */
  writeMetadata(name: string, metadata: Metadata, replaces: string): Promise<boolean>;
  /** One page of names, in their order, with what the listing tells; `next` brings the page after it. */
  list(prefix: string, page: { size: number; from?: string | undefined }): Promise<BlobPage>;
}

export type Listed = { name: string; etag: string; metadata: Metadata; modifiedAt: Date };
export type BlobPage = { blobs: Listed[]; next: string | undefined };

/** One call with all its tries: a phone must not wait longer for an answer. */
const DEADLINE_MS = 8000;
const LISTING_DEADLINE_MS = 30_000;

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
      if (!isStatus(error, 404, 409, 412)) throw storageUnavailable(error);
      return etagIfOurs(await read(container, name), content);
    }
  },
  append: (name, content, at) => append(container, name, content, at),
  readFrom: (name, offset) => readFrom(container, name, offset),
  async delete(name, only) {
    const options = {
      abortSignal: AbortSignal.timeout(DEADLINE_MS),
      ...(only !== undefined && { conditions: { ifMatch: only } }),
    };
    await container
      .getBlobClient(name)
      .delete(options)
      .catch((error: unknown) => (isStatus(error, 404, 412) ? undefined : fail(error)));
  },
  async writeMetadata(name, metadata, replaces) {
    const options = { abortSignal: AbortSignal.timeout(DEADLINE_MS), conditions: { ifMatch: replaces } };
    try {
      await container.getBlobClient(name).setMetadata(metadata, options);
      return true;
    } catch (error) {
      return isStatus(error, 404, 412) ? false : fail(error);
    }
  },
  list: (prefix, page) => list(container, prefix, page),
});

async function list(
  container: ContainerClient,
  prefix: string,
  { size, from }: { size: number; from?: string | undefined },
): Promise<BlobPage> {
  const options = { prefix, includeMetadata: true, abortSignal: AbortSignal.timeout(LISTING_DEADLINE_MS) };
  const pages = container
    .listBlobsFlat(options)
    .byPage({ maxPageSize: size, ...(from !== undefined && { continuationToken: from }) });
  const { value } = await pages.next().catch(fail);
  const items: BlobItem[] = value?.segment.blobItems ?? [];
  const blobs = items.map(({ name, metadata = {}, properties: { etag = "", lastModified } }) => ({
    ...{ name, metadata, modifiedAt: lastModified },
    etag: etag.startsWith('"') ? etag : `"${etag}"`,
  }));
  return { blobs, next: value?.continuationToken || undefined };
}

async function append(
  container: ContainerClient,
  name: string,
  content: Buffer,
  at: number,
): Promise<boolean> {
  const blob = container.getAppendBlobClient(name);
  const abortSignal = AbortSignal.timeout(DEADLINE_MS);
  try {
    if (at === 0) await blob.createIfNotExists({ abortSignal });
    await blob.appendBlock(content, content.length, { abortSignal, conditions: { appendPosition: at } });
    return true;
  } catch (error) {
    if (!isStatus(error, 404, 412)) throw storageUnavailable(error);
    return content.equals((await readFrom(container, name, at)).subarray(0, content.length));
  }
}

async function readFrom(container: ContainerClient, name: string, offset: number): Promise<Buffer> {
  try {
    const abortSignal = AbortSignal.timeout(DEADLINE_MS);
    const response = await container.getBlobClient(name).download(offset, undefined, { abortSignal });
    return await collect(response.readableStreamBody);
  } catch (error) {
    if (isStatus(error, 404, 416)) return Buffer.alloc(0);
    throw storageUnavailable(error);
  }
}

async function read(container: ContainerClient, name: string): Promise<StoredBlob | undefined> {
  try {
    const response = await container
      .getBlobClient(name)
      .download(0, undefined, { abortSignal: AbortSignal.timeout(DEADLINE_MS) });
    const { etag = "", metadata = {}, readableStreamBody } = response;
    return { content: await collect(readableStreamBody), etag, metadata };
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw storageUnavailable(error);
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

/** Where the whole container is missing, nothing can be said about a blob: not even that it isn't there. */
const isStatus = (error: unknown, ...statuses: number[]) =>
  !isContainerMissing(error) && statuses.includes(restStatus(error) ?? 0);

function fail(cause: unknown): never {
  throw storageUnavailable(cause);
}

export const storageUnavailable = (cause: unknown) =>
  new Failure("storage-unavailable", "The storage does not answer.", { retryAfterSeconds: 5 }, { cause });
