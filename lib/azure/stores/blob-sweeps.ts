/** What sweeps need of Blob and Queue Storage: listings, messages, and how far the last run has come. */
import { Failure } from "../../domain/failure.ts";
import { type SweepName, SweepProgress, type SweepStore } from "../../domain/sweeps/sweep.ts";
import { jsonOf } from "../../domain/text.ts";
import type { Blobs } from "./blobs.ts";
import type { SendMessage } from "./queue-messages.ts";

export const SWEEP_QUEUE = "sweeps";

const MAX_ROUNDS = 100;
const Stored = jsonOf(SweepProgress);

/** Shard keys lie in the keys account, all else that is swept in that of the backups. */
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

/** Of a run that another release has written nothing is known: the next one begins anew. */
async function read(backups: Blobs, sweep: SweepName) {
  const stored = await backups.read(nameOf(sweep));
  if (!stored) return { progress: undefined, etag: undefined };
  const { data: progress } = Stored.safeParse(stored.content.toString());
  return { progress, etag: stored.etag };
}
