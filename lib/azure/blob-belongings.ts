/** Belongings on Blob Storage: everything of an owner lies under their id. */

import type { Peppers } from "../domain/pepper.ts";
import type { Belongings } from "../domain/privacy.ts";
import type { OwnerKeys } from "./blob-owner-keys.ts";
import type { Blobs } from "./blobs.ts";
import { credentialName, erasureName } from "./record-stores.ts";

const PAGE = 500;
const FOLDERS = ["heads/", "versions/", "recoveries/"];
const SINGLE = ["records/", "activity/"];

export const blobBelongings = (backups: Blobs, ownerKeys: OwnerKeys, peppers: Peppers): Belongings => ({
  async recoveries(owner) {
    const prefix = `recoveries/${owner}/`;
    return (await namesUnder(backups, prefix)).map((name) => name.slice(prefix.length));
  },
  forgetKey: (owner) => ownerKeys.forget(owner),
  credentialNames: (accounts) => Promise.all(accounts.map((account) => credentialName(peppers, account))),
  shred: (owner) => ownerKeys.erase(owner),
  async clear(owner, credentials) {
    for (const name of credentials) {
      const stored = await backups.read(name);
      if (stored?.metadata["owner"] === owner) await backups.delete(name, stored.etag);
    }
    for (const folder of FOLDERS) {
      const names = await namesUnder(backups, `${folder}${owner}/`);
      await Promise.all(names.map((name) => backups.delete(name)));
    }
    await Promise.all(SINGLE.map((folder) => backups.delete(`${folder}${owner}`)));
  },
  forgetErasure: (owner) => backups.delete(erasureName(owner)),
});

async function namesUnder(backups: Blobs, prefix: string): Promise<string[]> {
  const names: string[] = [];
  let from: string | undefined;
  do {
    const { blobs, next } = await backups.list(prefix, { size: PAGE, from });
    names.push(...blobs.map(({ name }) => name));
    from = next;
  } while (from !== undefined);
  return names;
}
