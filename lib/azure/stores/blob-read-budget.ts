/** ReadBudget on Blob Storage: a count for each device and day, which storage lets grow no further than the limit. */
import type { ReadBudget } from "../../domain/backup/quiet-read.ts";
import type { Blobs } from "./blobs.ts";

export const blobReadBudget = (backups: Blobs): ReadBudget => ({
  take: ({ owner, device }, most, now) =>
    backups.countUpTo(`budgets/${owner}/${now.toISOString().slice(0, 10)}/${device}`, most),
});
