/** Where sealed state outside the owner's blob is stored: recoveries, credentials, tickets, log anchors. */
import { accountKey, type DeviceBoundAccount } from "../../domain/account.ts";
import { DAY, later } from "../../domain/clock.ts";
import {
  AccountCredentials,
  type CredentialStore,
  reservedUntil,
} from "../../domain/credentials/credential.ts";
import { sha256 } from "../../domain/hash.ts";
import { Anchor, type AnchorStore, type OfIncarnation } from "../../domain/messages/activity.ts";
import { OwnerId } from "../../domain/owner.ts";
import { endsAt, RecoveryRecord, type RecoveryStore } from "../../domain/recovery/record.ts";
import type { KeyedHash } from "../../domain/sealing/keyed-hash.ts";
import { Ticket, type TicketStore } from "../../domain/step-up/ticket.ts";
import type { Store } from "../../domain/store.ts";
import { type ShardKeys, shardOf } from "../keys/blob-shard-keys.ts";
import type { OwnerSeal } from "../keys/owner-seal.ts";
import type { Blobs } from "./blobs.ts";
import { sealedStore } from "./sealed-store.ts";

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
const credentialKind = {
  schema: AccountCredentials,
  ownerOf: () => undefined,
  ownerIn: ({ owner }: AccountCredentials) => owner,
  dueAt: ({ formerOwner, lastEndedAt }: AccountCredentials) =>
    formerOwner === undefined || !lastEndedAt ? undefined : reservedUntil(lastEndedAt),
};

export const credentialStore = (backups: Blobs, seal: OwnerSeal, keyedHash: KeyedHash): CredentialStore =>
  sealedStore(backups, seal, {
    ...credentialKind,
    nameOf: (account: DeviceBoundAccount) => credentialName(keyedHash, account),
  });

/** The same by their names, which is all that is remembered of an account when its owner is erased. */
export const namedCredentialStore = (backups: Blobs, seal: OwnerSeal): Store<string, AccountCredentials> =>
  sealedStore(backups, seal, { ...credentialKind, nameOf: (name: string) => name });

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
 * Owner id under which the service seals its own state: tickets (nothing personal), last letters to erased
 * owners and reservations of their accounts.
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
