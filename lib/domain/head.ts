/** The state of one backup: all that upload, status and staleness need. Every change replaces it whole, by its ETag. */
import * as z from "zod";
import { AccountCounts } from "./backup-document.ts";
import { Custody } from "./custody.ts";
import { Device } from "./device.ts";
import { DeviceId, type Place } from "./owner.ts";
import type { Store, Stored } from "./store.ts";

/*
 * Head, versions and devices keep what they don't know: while a deployment rolls out, an older instance reads what a newer one
 * has written, and must not drop it with its own write.
 */

/** One upload. Its content lies sealed under `id`; `digest` is the SHA-256 of that content, base64url. */
const version = {
  id: z.string(),
  generation: z.int().positive(),
  device: DeviceId,
  createdAt: z.coerce.date(),
  contentType: z.string(),
  custody: Custody.default("service"),
  sizeBytes: z.int(),
  digest: z.string(),
  accounts: AccountCounts,
  keyId: z.string(),
  idempotencyKey: z.string().optional(),
  /** When this former version was made current again: its content is that of its first generation. */
  restoredAt: z.coerce.date().optional(),
  /** Its first generation, where it was restored. */
  sealedAs: z.int().positive().optional(),
};
export type Version = z.infer<z.ZodObject<typeof version>>;
export const Version: z.ZodType<Version> = z.looseObject(version);

const head = {
  generation: z.int().min(0),
  /** Newest first; the first is the current one, unless `deletedAt` is set. */
  versions: z.array(Version),
  /** When the owner is last known to have signed in to the recovery account; UNKNOWN_SIGN_IN while no token ever told. */
  confirmedAt: z.coerce.date(),
  deletedAt: z.coerce.date().optional(),
  /** When the owner was told that the backup is stale: once, until it can be relied on again. */
  noticedAt: z.coerce.date().optional(),
  /** Somebody is about to tell them. */
  noticeClaimedAt: z.coerce.date().optional(),
  /** Since when nothing of what was deleted can come back. `deletedAt` stays until all of it is removed. */
  purgedAt: z.coerce.date().optional(),
  devices: z.array(Device),
  /**
   * The backup's ETag: drawn anew by each upload, deletion, undeletion, restoration and purge, and by nothing else. So it names
   * what an app has seen, whatever else in here changes; a digest would come back after delete and undelete.
   */
  tag: z.string().optional(),
  /** Device proofs that may not be used again, kept until they would be too old anyway. */
  spentProofs: z.array(z.strictObject({ id: z.string(), at: z.coerce.date() })),
};
export type Head = z.infer<z.ZodObject<typeof head>>;
export const Head: z.ZodType<Head> = z.looseObject(head);

export type StoredHead = Stored<Head>;
export type HeadStore = Store<Place, Head>;

export interface VersionStore {
  /**
   * Seals the content and stores it, or for the client to keep, only what opens it again. Answers the id of the key that wraps
   * it, and what was sealed. Fails as `storage-unavailable` where it wasn't stored, also because something stands there already.
   */
  put(
    place: Place,
    version: Omit<Version, "keyId">,
    content: Uint8Array,
  ): Promise<{ keyId: string; sealed: Buffer }>;
  /** What is stored of it, still sealed: no vault call. Fails as `backup-unreadable` if it isn't there. */
  read(place: Place, version: Version): Promise<SealedVersion>;
}

/** One vault call each. Both fail as `backup-unreadable` or, if it can't be told now, as `vault-unavailable`. */
export interface SealedVersion {
  /** `kept`: what the client has, where it has custody. */
  open(kept?: Buffer): Promise<Buffer>;
  /** Seals the content once more, under the key that is stored for it: what was sealed before opens as well. No write. */
  sealAgain(content: Uint8Array): Promise<Buffer>;
}

/** Earlier than any sign-in, so that the first one that is told counts; older instances know it as a sign-in long ago. */
const UNKNOWN_SIGN_IN = new Date(0);

/** Undefined while no token of the owner ever told. */
export const signedInAt = ({ confirmedAt }: Head): Date | undefined =>
  confirmedAt > UNKNOWN_SIGN_IN ? confirmedAt : undefined;

/** `authTime`: when the owner signed in, if their token tells. */
export const newHead = (authTime: Date | undefined): Head => ({
  generation: 0,
  versions: [],
  confirmedAt: authTime ?? UNKNOWN_SIGN_IN,
  devices: [],
  spentProofs: [],
});

/** What the caller believes to be stored: R7. */
export type Precondition = { replaces: string } | "nothing";
