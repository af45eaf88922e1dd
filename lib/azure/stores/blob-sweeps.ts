/** Blob and Queue Storage for sweeps: listings, messages, and the progress of the last run. */
import { Failure } from "../../domain/failure.ts";
import { type SweepName, SweepProgress, type SweepStore } from "../../domain/sweeps/sweep.ts";
import { jsonOf } from "../../domain/text.ts";
import type { Blobs } from "./blobs.ts";
import type { SendMessage } from "./queue-messages.ts";

export const SWEEP_QUEUE = "sweeps";

const MAX_ROUNDS = 100;
const Stored = jsonOf(SweepProgress);

/** Shard keys are in the keys account; everything else that is swept is in the backups account. */
export const blobSweeps = (backups: Blobs, keys: Blobs, send: SendMessage): SweepStore => ({
  list: (prefix, page) => (prefix.startsWith("shard-keys/") ? keys : backups).list(prefix, page),
  next: (message) => send(JSON.stringify(message)),
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

/** Ignores progress that another release wrote in another shape: the next run starts anew. */
async function read(backups: Blobs, sweep: SweepName) {
  const stored = await backups.read(nameOf(sweep));
  if (!stored) return { progress: undefined, etag: undefined };
  const { data: progress } = Stored.safeParse(stored.content.toString());
  return { progress, etag: stored.etag };
}
