/** Belongings on Blob Storage: everything of an owner is stored under their id. */

import type { OwnerId } from "../../domain/owner.ts";
import type { Belongings, SeenBlobs } from "../../domain/privacy/export.ts";
import type { KeyedHash } from "../../domain/sealing/keyed-hash.ts";
import type { OwnerSeal } from "../keys/owner-seal.ts";
import { bodiesOf } from "./blob-owner-store.ts";
import type { Blobs } from "./blobs.ts";
import { credentialName } from "./record-stores.ts";

const PAGE = 500;
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
  isOpenable: (name: string) => Promise<boolean>,
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
  async remove(seen) {
    await Promise.all(seen.map(({ name, etag }) => backups.delete(name, etag)));
  },
  async removeShredded(owner, credentials) {
    const incarnation = await seal.incarnation(owner);
    const logs = await blobsUnder(backups, logsOf(owner));
    const former = logs.filter(
      ({ name }) => !incarnation || !name.startsWith(`${logsOf(owner)}${incarnation.name}/`),
    );
    await Promise.all(former.map(({ name, etag }) => backups.delete(name, etag)));
    for (const name of credentials) {
      const [found] = await ownCredential(backups, owner, name);
      if (found && !(await isOpenable(name))) await backups.delete(name, found.etag);
    }
  },
});

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
    found.push(...blobs.map(({ name, etag }) => ({ name, etag })));
    from = next;
  } while (from !== undefined);
  return found;
}
