/** The state of one backup: all that upload, status and staleness need. Every change replaces it whole, by its ETag. */
import * as z from "zod";
import { AccountCounts } from "./backup-document.ts";
import { Device } from "./device.ts";
import { Failure } from "./failure.ts";
import { DeviceId, type Place } from "./owner.ts";

/** One upload. Its content lies sealed under `id`; `digest` is the SHA-256 of that content, base64url. */
export const Version = z.strictObject({
  id: z.string(),
  generation: z.int().positive(),
  device: DeviceId,
  createdAt: z.coerce.date(),
  contentType: z.string(),
  sizeBytes: z.int(),
  digest: z.string(),
  accounts: AccountCounts,
  keyId: z.string(),
  idempotencyKey: z.string().optional(),
});
export type Version = z.infer<typeof Version>;

export const Head = z.strictObject({
  generation: z.int().min(0),
  /** Newest first; the first is the current one, unless `deletedAt` is set. */
  versions: z.array(Version),
  /** When the owner is last known to have signed in to the recovery account. */
  confirmedAt: z.coerce.date(),
  deletedAt: z.coerce.date().optional(),
  devices: z.array(Device),
  /** Device proofs that may not be used again, kept until they would be too old anyway. */
  spentProofs: z.array(z.strictObject({ id: z.string(), at: z.coerce.date() })),
});
export type Head = z.infer<typeof Head>;

export type StoredHead = { head: Head; etag: string };

export interface HeadStore {
  /** Fails as `backup-unreadable` if what is stored isn't what was stored. */
  find(place: Place): Promise<StoredHead | undefined>;
  /** The new ETag, or undefined if `replaces` is no longer the stored one: then nothing is written. */
  put(place: Place, head: Head, replaces: string | undefined): Promise<string | undefined>;
}

export interface VersionStore {
  /** Seals the content and stores it; the id of the key that wraps it. Doing it twice stores it once. */
  put(place: Place, version: Omit<Version, "keyId">, content: Uint8Array): Promise<{ keyId: string }>;
  /** Fails as `backup-unreadable` if what is stored isn't what was stored, as `vault-unavailable` if it can't be told now. */
  open(place: Place, version: Version): Promise<Buffer>;
}

/** `signedInAt`: when the owner signed in, as far as their token tells. */
export const newHead = (signedInAt: Date): Head => ({
  generation: 0,
  versions: [],
  confirmedAt: signedInAt,
  devices: [],
  spentProofs: [],
});

/** What the caller believes to be stored: R7. */
export type Precondition = { replaces: string } | "nothing";

/** What a decision leaves behind: the next head, or the stored one as it is. */
export type Change<T> = { result: T; next: Head } | { result: T; unchanged: StoredHead };

const MAX_ROUNDS = 10;

/**
 * Decides on the state at hand and stores the outcome; if another request came first, decides again on what that one left.
 * Atomic by the store's condition: two callers never both replace one state. Fails as `busy` after ten lost rounds.
 */
export async function changeHead<T>(
  heads: HeadStore,
  place: Place,
  held: StoredHead | undefined,
  decide: (stored: StoredHead | undefined) => Change<T> | Promise<Change<T>>,
): Promise<{ result: T; stored: StoredHead }> {
  let state = held;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const change = await decide(state);
    if ("unchanged" in change) return { result: change.result, stored: change.unchanged };
    const etag = await heads.put(place, change.next, state?.etag);
    if (etag) return { result: change.result, stored: { head: change.next, etag } };
    state = await heads.find(place);
  }
  throw new Failure("busy", "Other requests change this backup at the same time.", { retryAfterSeconds: 1 });
}
