/** Belongings on Blob Storage: everything of an owner lies under their id. */

import { type OwnerId, sha256 } from "../domain/owner.ts";
import type { Peppers } from "../domain/pepper.ts";
import type { Belongings, Seen } from "../domain/privacy.ts";
import type { OwnerKeys } from "./blob-owner-keys.ts";
import type { Blobs } from "./blobs.ts";
import { credentialName, erasureName } from "./record-stores.ts";

const PAGE = 500;
const placesOf = (owner: OwnerId) => [
  `heads/${owner}/`,
  `versions/${owner}/`,
  `recoveries/${owner}/`,
  `records/${owner}`,
  `activity/${owner}`,
  `budgets/${owner}/`,
];

export const blobBelongings = (backups: Blobs, ownerKeys: OwnerKeys, peppers: Peppers): Belongings => ({
  async recoveries(owner) {
    const prefix = `recoveries/${owner}/`;
    return (await blobsUnder(backups, prefix)).map(({ name }) => name.slice(prefix.length));
  },
  forgetKey: (owner) => ownerKeys.forget(owner),
  credentialNames: (accounts) => Promise.all(accounts.map((account) => credentialName(peppers, account))),
  async lifeOf(owner) {
    const key = await ownerKeys.find(owner, { fresh: true });
    return key && sha256(key);
  },
  async look(owner, credentials) {
    const [key, ...blobs] = await Promise.all([
      ownerKeys.etagOf(owner),
      ...credentials.map((name) => ownCredential(backups, owner, name)),
      ...placesOf(owner).map((place) => blobsUnder(backups, place)),
    ]);
    return { key, blobs: blobs.flat() };
  },
  async remove(owner, { key, blobs }) {
    if (key) await ownerKeys.erase(owner, key);
    await Promise.all(blobs.map(({ name, etag }) => backups.delete(name, etag)));
  },
  forgetErasure: (owner, etag) => backups.delete(erasureName(owner), etag),
});

/** Another owner may have proven the account since. */
async function ownCredential(backups: Blobs, owner: OwnerId, name: string): Promise<Seen["blobs"]> {
  const stored = await backups.read(name);
  return stored?.metadata["owner"] === owner ? [{ name, etag: stored.etag }] : [];
}

async function blobsUnder(backups: Blobs, prefix: string): Promise<Seen["blobs"]> {
  const found: Seen["blobs"] = [];
  let from: string | undefined;
  do {
    const { blobs, next } = await backups.list(prefix, { size: PAGE, from });
    found.push(...blobs.map(({ name, etag }) => ({ name, etag })));
    from = next;
  } while (from !== undefined);
  return found;
}
