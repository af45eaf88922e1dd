/** Blob Storage in memory: for tests that must be quick, or must damage blobs byte by byte. */
import type { Blobs, StoredBlob } from "../../lib/azure/stores/blobs.ts";

/** `stored`: all blobs, by name. */
export function memoryBlobs(stored = new Map<string, StoredBlob>()): Blobs {
  const put = (name: string, { content, metadata }: Pick<StoredBlob, "content" | "metadata">) => {
    // Never the same twice, even across instances on one storage.
    const etag = `"${crypto.randomUUID()}"`;
    stored.set(name, { content, metadata, size: content.length, etag });
    return etag;
  };
  const contentOf = (name: string) => stored.get(name)?.content ?? Buffer.alloc(0);
  const append: Blobs["append"] = async (name, content, at) => {
    if (contentOf(name).length !== at) return false;
    put(name, { content: Buffer.concat([contentOf(name), content]), metadata: {} });
    return true;
  };
  return {
    append,
    read: async (name) => stored.get(name),
    async readStart(name, bytes) {
      const blob = stored.get(name);
      return blob && { ...blob, content: blob.content.subarray(0, bytes) };
    },
    readFrom: async (name, offset) => contentOf(name).subarray(offset),
    write: async (name, { content, metadata = {} }, replaces) =>
      stored.get(name)?.etag === replaces ? put(name, { content, metadata }) : undefined,
    async writeMetadata(name, metadata, replaces) {
      const blob = stored.get(name);
      if (blob?.etag !== replaces) return false;
      put(name, { content: blob.content, metadata });
      return true;
    },
    async delete(name, only) {
      if (only === undefined || stored.get(name)?.etag === only) stored.delete(name);
    },
    countUpTo: async (name, most) =>
      contentOf(name).length < most && (await append(name, Buffer.from("."), contentOf(name).length)),
    async list(prefix) {
      const names = [...stored.keys()].filter((name) => name.startsWith(prefix)).toSorted();
      const modifiedAt = new Date();
      const blobs = names.flatMap((name) => {
        const blob = stored.get(name);
        return blob ? [{ name, etag: blob.etag, metadata: blob.metadata, modifiedAt }] : [];
      });
      return { blobs, next: undefined };
    },
  };
}
