/** Where sealed state outside the owner's blob is stored: recoveries, credentials, tickets, log anchors. */
import { accountKey, type DeviceBoundAccount } from "../../domain/account.ts";
import { DAY, later } from "../../domain/clock.ts";
import { AccountCredentials, type CredentialStore } from "../../domain/credentials/credential.ts";
import { Anchor, type AnchorStore, type OfIncarnation } from "../../domain/messages/activity.ts";
import { OwnerId, sha256 } from "../../domain/owner.ts";
import { endsAt, RecoveryRecord, type RecoveryStore } from "../../domain/recovery/record.ts";
import type { KeyedHash } from "../../domain/sealing/keyed-hash.ts";
import { Ticket, type TicketStore } from "../../domain/step-up/ticket.ts";
import { type ShardKeys, shardOf } from "../keys/blob-shard-keys.ts";
import type { OwnerSeal } from "../keys/owner-seal.ts";
import type { Blobs } from "./blobs.ts";
import { opens, sealedStore } from "./sealed-store.ts";

export const recoveryStore = (backups: Blobs, seal: OwnerSeal): RecoveryStore =>
  sealedStore(backups, seal, {
    schema: RecoveryRecord,
    nameOf: ({ owner, record }) => `recoveries/${owner}/${record}`,
    ownerOf: ({ owner }) => owner,
    ownerIn: () => undefined,
    dueAt: (recovery) => later(endsAt(recovery), DAY),
  });

export const credentialName = async (keyedHash: KeyedHash, account: DeviceBoundAccount): Promise<string> =>
  `credentials/${await keyedHash.hash("account", accountKey(account))}`;

/** A provider names only the account, so the metadata names the owner. */
export const credentialStore = (backups: Blobs, seal: OwnerSeal, keyedHash: KeyedHash): CredentialStore =>
  sealedStore(backups, seal, {
    schema: AccountCredentials,
    nameOf: (account: DeviceBoundAccount) => credentialName(keyedHash, account),
    ownerOf: () => undefined,
    ownerIn: ({ owner }) => owner,
  });

/**
 * For provider requests. On a fresh instance the time must not reveal whether an account exists: without one,
 * loads a shard key all the same, chosen by the account.
 */
export const findForProvider =
  (credentials: CredentialStore, keyedHash: KeyedHash, shards: ShardKeys): CredentialStore["find"] =>
  async (account) => {
    const held = await credentials.find(account);
    if (!held) await shards.find(shardOf(await credentialName(keyedHash, account)));
    return held;
  };

/**
 * Owner id under which the service seals its own state: tickets (nothing personal) and last letters to erased
 * owners.
 */
export const SERVICE = OwnerId.parse(sha256("the service itself"));

export const ticketStore = (backups: Blobs, seal: OwnerSeal): TicketStore =>
  sealedStore(backups, seal, {
    schema: Ticket,
    nameOf: (hash: string) => `tickets/${hash}`,
    ownerOf: () => SERVICE,
    ownerIn: () => undefined,
    dueAt: ({ expiresAt }) => later(expiresAt, DAY),
  });

/**
 * How far the activity log reaches. Kept apart from the log, and from the owner's state, which entries never
 * rewrite.
 */
export const anchorStore = (backups: Blobs, seal: OwnerSeal): AnchorStore =>
  sealedStore(backups, seal, {
    schema: Anchor,
    nameOf: ({ owner, incarnation }: OfIncarnation) => `activity/${owner}/${incarnation}/anchor`,
    ownerOf: ({ owner }) => owner,
    ownerIn: () => undefined,
  });

/** Whether the stored credentials of an account open; takes their blob name. */
export const opensCredential =
  (backups: Blobs, seal: OwnerSeal) =>
  (name: string): Promise<boolean> =>
    opens(backups, seal, name);
