/** Belongings on Blob Storage: everything of an owner is stored under their id. */

import { type AccountCredentials, reservedUntil } from "../../domain/credentials/credential.ts";
import { hashFormerOwner, lastEnd, reservation } from "../../domain/credentials/reservation.ts";
import type { OwnerId } from "../../domain/owner.ts";

import type { Belongings, SeenBlobs } from "../../domain/privacy/export.ts";
import type { KeyedHash } from "../../domain/sealing/keyed-hash.ts";
import { nothingIfUnreadable } from "../../domain/sealing/seal.ts";
import type { Store } from "../../domain/store.ts";
import type { OwnerSeal } from "../keys/owner-seal.ts";
import { bodiesOf } from "./blob-owner-store.ts";
import type { Blobs } from "./blobs.ts";
import { credentialName, SERVICE } from "./record-stores.ts";

const PAGE = 500;
const CREDENTIALS = "credentials/";
type Seen = SeenBlobs[number];

const recoveriesOf = (owner: OwnerId) => `recoveries/${owner}/`;
const logsOf = (owner: OwnerId) => `activity/${owner}/`;
const placesOf = (owner: OwnerId) => [
  bodiesOf(owner),
  recoveriesOf(owner),
  logsOf(owner),
  `budgets/${owner}/`,
];

export const blobBelongings = (
  backups: Blobs,
  named: Store<string, AccountCredentials>,
  keyedHash: KeyedHash,
  seal: OwnerSeal,
): Belongings => ({
  async recoveries(owner) {
    const prefix = recoveriesOf(owner);
    return (await blobsUnder(backups, prefix)).map(({ name }) => name.slice(prefix.length));
  },
  credentialNames: (accounts) => Promise.all(accounts.map((account) => credentialName(keyedHash, account))),
  async look(owner, credentials) {
    const found = await Promise.all([
      ...credentials.map((name) => ownCredential(backups, owner, name)),
      ...placesOf(owner).map((place) => blobsUnder(backups, place)),
    ]);
    return found.flat();
  },
  async remove(owner, seen, endedAt) {
    const isCredential = ({ name }: Seen) => name.startsWith(CREDENTIALS);
    const stores = { backups, named, keyedHash };
    await Promise.all([
      ...seen.filter(isCredential).map((each) => reserve(stores, owner, each, endedAt)),
      ...seen.filter((each) => !isCredential(each)).map(({ name, etag }) => backups.delete(name, etag)),
    ]);
  },
  async removeShredded(owner, credentials, endedAt) {
    const incarnation = await seal.incarnation(owner);
    const logs = await blobsUnder(backups, logsOf(owner));
    const former = logs.filter(
      ({ name }) => !incarnation || !name.startsWith(`${logsOf(owner)}${incarnation.name}/`),
    );
    await Promise.all(former.map(({ name, etag }) => backups.delete(name, etag)));
    for (const name of credentials) {
      const [found] = await ownCredential(backups, owner, name);
      const opened = found && (await named.find(name).catch(nothingIfUnreadable));
      if (found && !opened) await reserve({ backups, named, keyedHash }, owner, found, endedAt);
    }
  },
});

type Reserving = { backups: Blobs; named: Store<string, AccountCredentials>; keyedHash: KeyedHash };

/**
 * Replaces an account's credentials by a reservation, unless they changed since they were seen. If they can't
 * be opened, their last one counts as ended now.
 */
async function reserve(
  { backups, named, keyedHash }: Reserving,
  owner: OwnerId,
  { name, etag }: Seen,
  now: Date,
): Promise<void> {
  const held = await named.find(name).catch(nothingIfUnreadable);
  if (held && held.etag !== etag) return;
  const endedAt = held ? lastEnd(held.value, now) : now;
  if (!endedAt || reservedUntil(endedAt) <= now) return await backups.delete(name, etag);
  const formerOwner = await hashFormerOwner(keyedHash, name.slice(CREDENTIALS.length), owner);
  await named.put(name, reservation(SERVICE, formerOwner, endedAt), etag);
}

/** Skips an account that another owner has proven since. */
async function ownCredential(backups: Blobs, owner: OwnerId, name: string): Promise<SeenBlobs> {
  const stored = await backups.read(name);
  return stored?.metadata["owner"] === owner ? [{ name, etag: stored.etag }] : [];
}

async function blobsUnder(backups: Blobs, prefix: string): Promise<SeenBlobs> {
  const found: SeenBlobs = [];
  let from: string | undefined;
  do {
    const { blobs, next } = await backups.list(prefix, { size: PAGE, from });
    for (const { name, etag } of blobs) found.push({ name, etag });
    from = next;
  } while (from !== undefined);
  return found;
}
