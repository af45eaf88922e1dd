/** ReadBudget on Blob Storage: one counter per device and day; storage itself enforces the limit. */
import type { ReadBudget } from "../../domain/backup/quiet-read.ts";
import type { Blobs } from "./blobs.ts";

export const blobReadBudget = (backups: Blobs): ReadBudget => ({
  take: ({ owner, device }, most, now) =>
    backups.countUpTo(`budgets/${owner}/${now.toISOString().slice(0, 10)}/${device}`, most),
});
