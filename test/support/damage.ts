/** An app whose storage can be damaged: whatever has a name that begins so reads as something else, even where nothing was. */
import type { StoredBlob } from "../../lib/azure/blobs.ts";
import { type AppOptions, anApp } from "./app.ts";

export function anAppWithDamage(options: AppOptions = {}) {
  const damaged: string[] = [];
  const damagedIn = (name: string, blob: StoredBlob | undefined): StoredBlob | undefined => {
    if (!damaged.some((prefix) => name.startsWith(prefix))) return blob;
    const content = Buffer.from("damaged");
    return { etag: '"damaged"', metadata: {}, ...blob, content, size: content.length };
  };
  const app = anApp({
    ...options,
    through: (blobs) => ({
      ...blobs,
      read: async (name) => damagedIn(name, await blobs.read(name)),
      readStart: async (name, bytes) => damagedIn(name, await blobs.readStart(name, bytes)),
    }),
  });
  return { app, damage: (prefix: string) => void damaged.push(prefix) };
}
