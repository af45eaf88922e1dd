/** ReadBudget on Blob Storage: a byte a read, in a blob of its own for each device and day, which storage lets grow no further than the limit. */
import type { ReadBudget } from "../domain/quiet-read.ts";
import type { Blobs } from "./blobs.ts";

const ONE = Buffer.from(".");

export const blobReadBudget = (backups: Blobs): ReadBudget => ({
  take: ({ owner, device }, most, now) =>
    backups.appendWithin(`budgets/${owner}/${now.toISOString().slice(0, 10)}/${device}`, ONE, most),
});
