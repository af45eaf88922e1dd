/** A storage that can be damaged: names with a given beginning read as other content, even missing ones. */
import type { Blobs, StoredBlob } from "../../lib/azure/stores/blobs.ts";
import { type AppOptions, anApp } from "./app.ts";

export function damaging() {
  const damaged: string[] = [];
  const damagedIn = (name: string, blob: StoredBlob | undefined): StoredBlob | undefined => {
    if (!damaged.some((prefix) => name.startsWith(prefix))) return blob;
    const content = Buffer.from("damaged");
    return { etag: '"damaged"', metadata: {}, ...blob, content, size: content.length };
  };
  const through = (blobs: Blobs): Blobs => ({
    ...blobs,
    read: async (name) => damagedIn(name, await blobs.read(name)),
    readStart: async (name, bytes) => damagedIn(name, await blobs.readStart(name, bytes)),
  });
  return { through, damage: (prefix: string) => void damaged.push(prefix) };
}

export function anAppWithDamage(options: AppOptions = {}) {
  const { through, damage } = damaging();
  return { app: anApp({ ...options, through }), damage };
}
