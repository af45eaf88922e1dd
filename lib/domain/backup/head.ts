/** The head: the state of one backup, all that upload, status and staleness need. */
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

/** One upload. Its sealed content is stored under `id`; `digest` is the content's SHA-256, base64url. */
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
  /** The data key, wrapped by the key `keyId`, base64url. Rotating that key touches no content. */
  wrappedKey: z.string(),
  idempotencyKey: z.string().optional(),
  /** When a restore made this former version current; its content is from its first generation. */
  restoredAt: z.coerce.date().optional(),
  /** Its first generation, if it was restored. */
  sealedAs: z.int().positive().optional(),
};
export type Version = Loose<typeof version>;
export const Version: z.ZodType<Version> = loose(version);

const head = {
  generation: z.int().min(0),
  /** Newest first; the first is current unless `deletedAt` is set. */
  versions: z.array(Version),
  /** The owner's last known sign-in to the recovery account; UNKNOWN_SIGN_IN until a token tells. */
  confirmedAt: z.coerce.date(),
  deletedAt: z.coerce.date().optional(),
  /** When the owner was notified that the backup is stale: once per episode. */
  noticedAt: z.coerce.date().optional(),
  /** Somebody has claimed that notice and is about to send it. */
  noticeClaimedAt: z.coerce.date().optional(),
  /** When contacts were last told of an upload that had lost most of it. */
  lossToldAt: z.coerce.date().optional(),
  /** Since when nothing of the deleted backup can come back. `deletedAt` stays until all of it is removed. */
  purgedAt: z.coerce.date().optional(),
  devices: z.array(Device),
  /**
   * The backup's ETag, random: only upload, deletion, undelete, restore and purge replace it, so it names the
   * state that an app has seen, even when other parts of the head change. A digest would repeat after delete
   * and undelete.
   */
  tag: z.string(),
  /** Used device proofs, remembered until they would be too old anyway. */
  spentProofs: z.array(loose({ id: z.string(), device: DeviceId.optional(), at: z.coerce.date() })),
};
export type Head = Loose<typeof head>;
export const Head: z.ZodType<Head> = loose(head);

export type StoredHead = Stored<Head>;

/** What sealing adds to a version: its wrapped data key and the id of the wrapping key. */
export type Wrapping = Pick<Version, "keyId" | "wrappedKey">;
export type UnsealedVersion = Omit<Version, keyof Wrapping>;

/**
 * Seals documents, each version under its own data key. All methods but `seal` make one vault call and fail
 * as `vault-unavailable`.
 */
export interface VersionSeal {
  /** Makes the owner's key if there is none. `incarnation`: of the owner whose key sealed the version. */
  seal(
    place: BackupKey,
    version: UnsealedVersion,
    content: Uint8Array,
  ): Promise<{ wrapping: Wrapping; sealed: Buffer; incarnation: string }>;
  /** Calls the vault while `sealed` is still loading. Fails as `backup-unreadable`. */
  open(place: BackupKey, version: Version, sealed: Buffer | Promise<Buffer>): Promise<Buffer>;
  /** Seals again under the version's stored data key; earlier sealed content still opens. */
  sealAgain(place: BackupKey, version: Version, content: Uint8Array): Promise<Buffer>;
  /** Wraps the data key with the current vault key; the content doesn't change. */
  rewrap(owner: OwnerId, version: Version): Promise<Wrapping>;
}

/**
 * Earlier than any sign-in, so the first known one replaces it; older instances read it as a very old
 * sign-in.
 */
const UNKNOWN_SIGN_IN = new Date(0);

/** Undefined until a token of the owner tells. */
export const signedInAt = ({ confirmedAt }: Head): Date | undefined =>
  confirmedAt > UNKNOWN_SIGN_IN ? confirmedAt : undefined;

/** `authTime`: the owner's sign-in, if the token tells. */
export const newHead = (authTime: Date | undefined): Head => ({
  generation: 0,
  versions: [],
  confirmedAt: authTime ?? UNKNOWN_SIGN_IN,
  devices: [],
  tag: newId(),
  spentProofs: [],
});

/** The state that the caller believes to be stored (R7). */
export type Precondition = { replaces: string } | "nothing";
