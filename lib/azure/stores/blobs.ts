/** Blob Storage in the few operations the stores need. Every SDK error is translated here. */
import type { ContainerClient } from "@azure/storage-blob";
import { Failure } from "../../domain/failure.ts";
import type { Answer } from "../exchange.ts";
import { isContainerMissing, restStatus } from "../rest-status.ts";
import type { CallStorage, StorageCall } from "../storage-calls.ts";
import { type BlobPage, readListing } from "./blob-listing.ts";

export type Metadata = Record<string, string>;
/** `size`: of the whole blob. */
export type StartOfBlob = { content: Buffer; size: number; etag: string; metadata: Metadata };
export type StoredBlob = StartOfBlob;

export interface Blobs {
  read(name: string): Promise<StoredBlob | undefined>;
  /**
   * Returns the new ETag, or undefined if the blob has changed from `replaces` (undefined: must not exist
   * yet).
   */
  write(
    name: string,
    blob: { content: Buffer; metadata?: Metadata },
    replaces: string | undefined,
  ): Promise<string | undefined>;
  /** Reads the first `bytes` and the total size; a shorter blob must arrive whole. */
  readStart(name: string, bytes: number): Promise<StartOfBlob | undefined>;
  /** Appends if the append blob is `at` bytes long; otherwise writes nothing and returns false. */
  append(name: string, content: Buffer, at: number): Promise<boolean>;
  /** Adds one to a counter blob: its existence counts as one, each byte in it as another. False at `most`. */
  countUpTo(name: string, most: number): Promise<boolean>;
  /** Reads from `offset` to the end; empty if the blob is shorter or missing. */
  readFrom(name: string, offset: number): Promise<Buffer>;
  /** Deletes the blob, if present; with `only`, only if it still has that ETag. */
  delete(name: string, only?: string): Promise<void>;
  /** Replaces only the metadata, if the blob still has the ETag `replaces`; false if not. */
  writeMetadata(name: string, metadata: Metadata, replaces: string): Promise<boolean>;
  /** One page of names in order, with their listing details; `next` continues it. */
  list(prefix: string, page: { size: number; from?: string | undefined }): Promise<BlobPage>;
}

/** For one call with all its tries: a phone must not wait longer. */
const DEADLINE_MS = 8000;
const LISTING_DEADLINE_MS = 30_000;

/**
 * Calls on the path of every request use `call`; rare calls, and those answered in XML, use the SDK's client.
 */
export function blobContainer(container: ContainerClient, call: CallStorage): Blobs {
  const to = toBlobs(container.url, call);
  return {
    read: (name) => read(to, name),
    readStart: (name, bytes) => read(to, name, { "x-ms-range": `bytes=0-${bytes - 1}` }),
    async write(name, { content, metadata = {} }, replaces) {
      try {
        const condition = replaces ? { "if-match": replaces } : { "if-none-match": "*" };
        const headers = { ...BLOCK_BLOB, ...condition, ...named(metadata) };
        return etagIn(await to("PUT", name, { headers, body: content }));
      } catch (error) {
        if (!isStatus(error, 404, 409, 412)) throw storageUnavailable(error);
        return etagIfOurs(await read(to, name), content);
      }
    },
    append: (name, content, at) => append(to, name, content, at),
    countUpTo: (name, most) => countUpTo(to, name, most),
    readFrom: (name, offset) => readFrom(to, name, offset),
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
    list: (prefix, page) => list(container.url, call, prefix, page),
  };
}

type ToBlob = (
  method: StorageCall["method"],
  name: string,
  rest?: Pick<StorageCall, "headers" | "body"> & { query?: string },
) => ReturnType<CallStorage>;

const toBlobs =
  (url: string, call: CallStorage): ToBlob =>
  (method, name, { query = "", ...rest } = {}) => {
    const path = name.split("/").map(encodeURIComponent).join("/");
    return call({ method, url: `${url}/${path}${query}`, deadlineMs: DEADLINE_MS, ...rest });
  };

const BLOCK_BLOB = { "x-ms-blob-type": "BlockBlob", "content-type": "application/octet-stream" };
const METADATA = "x-ms-meta-";

const named = (metadata: Metadata): Metadata =>
  Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`${METADATA}${name}`, value]));

const metadataIn = ({ headers }: Answer): Metadata =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith(METADATA))
      .map(([name, value]) => [name.slice(METADATA.length), String(value)]),
  );

const etagIn = ({ headers }: Answer): string => headers.etag ?? "";

async function list(
  url: string,
  call: CallStorage,
  prefix: string,
  { size, from }: { size: number; from?: string | undefined },
): Promise<BlobPage> {
  const query = new URLSearchParams({
    restype: "container",
    comp: "list",
    include: "metadata",
    prefix,
    maxresults: String(size),
    ...(from !== undefined && { marker: from }),
  });
  const asked = { method: "GET" as const, url: `${url}?${query}`, deadlineMs: LISTING_DEADLINE_MS };
  return await call(asked)
    .then(({ content }) => readListing(content))
    .catch(fail);
}

async function append(to: ToBlob, name: string, content: Buffer, at: number): Promise<boolean> {
  try {
    if (at === 0) await create(to, name);
    const headers = { "x-ms-blob-condition-appendpos": String(at) };
    await to("PUT", name, { query: "?comp=appendblock", headers, body: content });
    return true;
  } catch (error) {
    if (!isStatus(error, 404, 412)) throw storageUnavailable(error);
    return content.equals((await readFrom(to, name, at)).subarray(0, content.length));
  }
}

const ONE = Buffer.from(".");

/** Storage's own conditions keep parallel callers within the limit. */
async function countUpTo(to: ToBlob, name: string, most: number): Promise<boolean> {
  const headers = { "x-ms-blob-condition-maxsize": String(most - 1) };
  const add = () => to("PUT", name, { query: "?comp=appendblock", headers, body: ONE });
  try {
    await add().catch(async (error: unknown) => {
      if (!isStatus(error, 404)) throw error;
      if (!(await create(to, name))) await add();
    });
    return true;
  } catch (error) {
    if (isStatus(error, 412)) return false;
    throw storageUnavailable(error);
  }
}

/** False if another caller created it first. */
async function create(to: ToBlob, name: string): Promise<boolean> {
  const headers = { "x-ms-blob-type": "AppendBlob", "if-none-match": "*" };
  try {
    await to("PUT", name, { headers });
    return true;
  } catch (error) {
    if (isStatus(error, 409)) return false;
    throw error;
  }
}

async function readFrom(to: ToBlob, name: string, offset: number): Promise<Buffer> {
  try {
    return (await to("GET", name, { headers: { "x-ms-range": `bytes=${offset}-` } })).content;
  } catch (error) {
    if (isStatus(error, 404, 416)) return Buffer.alloc(0);
    throw storageUnavailable(error);
  }
}

async function read(
  to: ToBlob,
  name: string,
  headers: Record<string, string> = {},
): Promise<StoredBlob | undefined> {
  try {
    const answer = await to("GET", name, { headers });
    const { content } = answer;
    return { content, size: sizeIn(answer), etag: etagIn(answer), metadata: metadataIn(answer) };
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    // An empty blob has no range.
    if (isStatus(error, 416)) return await read(to, name);
    throw storageUnavailable(error);
  }
}

/** `bytes 0-65535/80000` in an answer to a range request. */
const sizeIn = ({ content, headers }: Answer): number =>
  Number(headers["content-range"]?.split("/")[1] ?? content.length);

/**
 * If the answer to a write is lost, the SDK's retry fails. Sealed content is random, so equal content is
 * ours.
 */
const etagIfOurs = (stored: StoredBlob | undefined, content: Buffer) =>
  stored?.content.equals(content) ? stored.etag : undefined;

/** A missing container says nothing about a blob, not even that it is absent. */
const isStatus = (error: unknown, ...statuses: number[]) =>
  !isContainerMissing(error) && statuses.includes(restStatus(error) ?? 0);

function fail(cause: unknown): never {
  throw storageUnavailable(cause);
}

export const storageUnavailable = (cause: unknown) =>
  new Failure("storage-unavailable", "The storage does not answer.", { retryAfterSeconds: 5 }, { cause });
