/** While this runs nothing can be queued, as if the queue didn't answer. */
import type { App } from "./app.ts";
import { storageSilent } from "./silent.ts";

export async function unsent<T>({ app: { services } }: { app: App }, run: () => Promise<T>): Promise<T> {
  const { outbox } = services;
  services.outbox = { put: () => Promise.reject(storageSilent()) };
  const result = await run();
  services.outbox = outbox;
  return result;
}
