/** An app whose storage can be damaged: whatever has a name that begins so reads as something else, even where nothing was. */
import { type AppOptions, anApp } from "./app.ts";

export function anAppWithDamage(options: AppOptions = {}) {
  const damaged: string[] = [];
  const app = anApp({
    ...options,
    through: (blobs) => ({
      ...blobs,
      async read(name) {
        const blob = await blobs.read(name);
        if (!damaged.some((prefix) => name.startsWith(prefix))) return blob;
        return { etag: '"damaged"', metadata: {}, ...blob, content: Buffer.from("damaged") };
      },
    }),
  });
  return { app, damage: (prefix: string) => void damaged.push(prefix) };
}
