/** The state of one backup: all that upload, status and staleness need. */
import * as z from "zod";
import { Device } from "../device.ts";
import { newId } from "../id.ts";
import { type Loose, loose } from "../loose.ts";
import { type BackupKey, DeviceId, type OwnerId } from "../owner.ts";
import type { Stored } from "../store.ts";
import { StoredCounts } from "./document.ts";

/** Who keeps the sealed copy: see custody.ts. */
export const Custody = z.enum(["client", "service"]);
export type Custody = z.infer<typeof Custody>;

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
  accounts: StoredCounts,
  keyId: z.string(),
  /** The data key, wrapped by the key `keyId`, base64url: rotating that touches no content. */
  wrappedKey: z.string(),
  idempotencyKey: z.string().optional(),
  /** When this former version was made current again: its content is that of its first generation. */
  restoredAt: z.coerce.date().optional(),
  /** Its first generation, where it was restored. */
  sealedAs: z.int().positive().optional(),
};
export type Version = Loose<typeof version>;
export const Version: z.ZodType<Version> = loose(version);

const head = {
  generation: z.int().min(0),
  /** Newest first; the first is the current one, unless `deletedAt` is set. */
  versions: z.array(Version),
  /**
   * When the owner is last known to have signed in to the recovery account; UNKNOWN_SIGN_IN while no token
   * ever told.
   */
  confirmedAt: z.coerce.date(),
  deletedAt: z.coerce.date().optional(),
  /** When the owner was told that the backup is stale: once, until it can be relied on again. */
  noticedAt: z.coerce.date().optional(),
  /** Somebody is about to tell them. */
  noticeClaimedAt: z.coerce.date().optional(),
  /** When contacts were last told of an upload that had lost most of it. */
  lossToldAt: z.coerce.date().optional(),
  /** Since when nothing of what was deleted can come back. `deletedAt` stays until all of it is removed. */
  purgedAt: z.coerce.date().optional(),
  devices: z.array(Device),
  /**
   * The backup's ETag: drawn anew by each upload, deletion, undeletion, restoration and purge, and by nothing
   * else. So it names what an app has seen, whatever else in here changes; a digest would come back after
   * delete and undelete.
   */
  tag: z.string(),
  /** Device proofs that may not be used again, kept until they would be too old anyway. */
  spentProofs: z.array(loose({ id: z.string(), at: z.coerce.date() })),
};
export type Head = Loose<typeof head>;
export const Head: z.ZodType<Head> = loose(head);

export type StoredHead = Stored<Head>;

/** What its sealing adds to a version: by which key its data key is wrapped, and that. */
export type Wrapping = Pick<Version, "keyId" | "wrappedKey">;
export type UnsealedVersion = Omit<Version, keyof Wrapping>;

/**
 * Seals what is backed up, each version under a key of its own. All but `seal` make one vault call, and fail
 * as `vault-unavailable`.
 */
export interface VersionSeal {
  /**
   * Makes the owner's key where there is none. `incarnation`: that of the owner whose key it was sealed
   * under.
   */
  seal(
    place: BackupKey,
    version: UnsealedVersion,
    content: Uint8Array,
  ): Promise<{ wrapping: Wrapping; sealed: Buffer; incarnation: string }>;
  /** The vault is asked while `sealed` is still being read. Fails as `backup-unreadable`. */
  open(place: BackupKey, version: Version, sealed: Buffer | Promise<Buffer>): Promise<Buffer>;
  /** Once more under the key that is stored for it: what was sealed before opens as well. */
  sealAgain(place: BackupKey, version: Version, content: Uint8Array): Promise<Buffer>;
  /** Its data key, wrapped by the present key; no content is touched. */
  rewrap(owner: OwnerId, version: Version): Promise<Wrapping>;
}

/**
 * Earlier than any sign-in, so that the first one that is told counts; older instances know it as a sign-in
 * long ago.
 */
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
  tag: newId(),
  spentProofs: [],
});

/** What the caller believes to be stored: R7. */
export type Precondition = { replaces: string } | "nothing";
