/** Stands between an app and its storage: before each call that it makes, something else happens, one after the other. */
import type { Blobs } from "../../lib/azure/blobs.ts";

export function meanwhile(work: () => Promise<void>): (blobs: Blobs) => Blobs {
  let last = Promise.resolve();
  const first = async <T>(call: () => Promise<T>): Promise<T> => {
    last = last.then(work);
    await last;
    return await call();
  };
  return (blobs) => ({
    read: (...of) => first(() => blobs.read(...of)),
    readStart: (...of) => first(() => blobs.readStart(...of)),
    readFrom: (...of) => first(() => blobs.readFrom(...of)),
    list: (...of) => first(() => blobs.list(...of)),
    write: (...of) => first(() => blobs.write(...of)),
    append: (...of) => first(() => blobs.append(...of)),
    countUpTo: (...of) => first(() => blobs.countUpTo(...of)),
    writeMetadata: (...of) => first(() => blobs.writeMetadata(...of)),
    delete: (...of) => first(() => blobs.delete(...of)),
  });
}
