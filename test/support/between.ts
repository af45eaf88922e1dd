/** Wraps an app's storage: every call passes one function, described as `delete owner-keys/…`. */
import type { Blobs } from "../../lib/azure/stores/blobs.ts";

export type Pass = <T>(call: string, run: () => Promise<T>) => Promise<T>;

export const between =
  (pass: Pass) =>
  (blobs: Blobs): Blobs => ({
    read: (...of) => pass(`read ${of[0]}`, () => blobs.read(...of)),
    readStart: (...of) => pass(`read ${of[0]}`, () => blobs.readStart(...of)),
    readFrom: (...of) => pass(`readFrom ${of[0]}`, () => blobs.readFrom(...of)),
    list: (...of) => pass(`list ${of[0]}`, () => blobs.list(...of)),
    write: (...of) => pass(`write ${of[0]}`, () => blobs.write(...of)),
    append: (...of) => pass(`append ${of[0]}`, () => blobs.append(...of)),
    countUpTo: (...of) => pass(`countUpTo ${of[0]}`, () => blobs.countUpTo(...of)),
    writeMetadata: (...of) => pass(`writeMetadata ${of[0]}`, () => blobs.writeMetadata(...of)),
    delete: (...of) => pass(`delete ${of[0]}`, () => blobs.delete(...of)),
  });

/** Whether such a call only reads. */
export const isReading = (call: string) => /^(read|readFrom|list) /.test(call);
