/** What sweeps need of Blob and Queue Storage: listings, messages, and how far the last run has come. */
import type { QueueClient } from "@azure/storage-queue";
import { unreadable } from "../domain/envelope.ts";
import { Failure } from "../domain/failure.ts";
import { type SweepName, SweepProgress, type SweepStore } from "../domain/sweep.ts";
import { jsonOf } from "../domain/text.ts";
import type { Blobs } from "./blobs.ts";

export const SWEEP_QUEUE = "sweeps";

const DEADLINE_MS = 4000;
const MAX_ROUNDS = 100;
const Stored = jsonOf(SweepProgress);

export const blobSweeps = (backups: Blobs, queue: QueueClient): SweepStore => ({
  list: (prefix, page) => backups.list(prefix, page),
  async next(message) {
    const text = Buffer.from(JSON.stringify(message)).toString("base64");
    const abortSignal = AbortSignal.timeout(DEADLINE_MS);
    await queue.sendMessage(text, { abortSignal }).catch((cause: unknown) => {
      throw new Failure(
        "storage-unavailable",
        "The storage does not answer.",
        { retryAfterSeconds: 5 },
        { cause },
      );
    });
  },
  progress: async (sweep) => (await read(backups, sweep)).progress,
  async report(sweep, change) {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const { progress, etag } = await read(backups, sweep);
      const content = Buffer.from(JSON.stringify({ ...change(progress), round: crypto.randomUUID() }));
      if (await backups.write(nameOf(sweep), { content }, etag)) return;
    }
    throw new Failure("busy", "Others report on the same sweep.", { retryAfterSeconds: 1 });
  },
});

const nameOf = (sweep: SweepName) => `sweeps/${sweep}`;

async function read(backups: Blobs, sweep: SweepName) {
  const stored = await backups.read(nameOf(sweep));
  if (!stored) return { progress: undefined, etag: undefined };
  const parsed = Stored.safeParse(stored.content.toString());
  if (!parsed.success) throw unreadable();
  return { progress: parsed.data, etag: stored.etag };
}
