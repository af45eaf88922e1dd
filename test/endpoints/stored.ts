/** What the storage itself says of an owner, asked without the service: blob names and ETags, by a signed listing. */
import { createHmac } from "node:crypto";
import { inject } from "vitest";
import { ownerIdOf } from "../../lib/domain/owner.ts";

const API_VERSION = "2021-12-02";

/** Each blob of an owner by its name, with its ETag: two of these are equal only if nothing was written in between. */
export async function storedOf(owner: string): Promise<Record<string, string>> {
  const id = ownerIdOf({ issuer: inject("surroundings").issuer, subject: owner });
  const found = await Promise.all(
    ["heads", "versions", "recoveries"].map((folder) => list(`${folder}/${id}/`)),
  );
  return Object.fromEntries(found.flat().map(([name, etag]) => [name.replace(`${id}/`, ""), etag]));
}

/** These, and what there is one of for each owner: nothing at all once the owner is erased. */
export async function everythingOf(owner: string): Promise<Record<string, string>> {
  const id = ownerIdOf({ issuer: inject("surroundings").issuer, subject: owner });
  const folders = ["records", "activity", "erasures", "budgets"];
  const single = await Promise.all(folders.map((folder) => list(`${folder}/${id}`)));
  return { ...(await storedOf(owner)), ...Object.fromEntries(single.flat()) };
}

/** The names of the sealed versions of an owner. */
export const versionsOf = (stored: Record<string, string>) =>
  Object.keys(stored).filter((name) => name.startsWith("versions/"));

async function list(prefix: string): Promise<[name: string, etag: string][]> {
  const { BACKUPS_STORAGE = "" } = inject("surroundings").settings;
  const part = (name: string) => new RegExp(`${name}=([^;]+)`).exec(BACKUPS_STORAGE)?.[1] ?? "";
  const [account, date] = [part("AccountName"), new Date().toUTCString()];
  const url = new URL(`${part("BlobEndpoint")}/backups?comp=list&prefix=${prefix}&restype=container`);
  const headers = `x-ms-date:${date}\nx-ms-version:${API_VERSION}`;
  const resource = `/${account}${url.pathname}\ncomp:list\nprefix:${prefix}\nrestype:container`;
  const signature = createHmac("sha256", Buffer.from(part("AccountKey"), "base64"))
    .update(`GET${"\n".repeat(12)}${headers}\n${resource}`)
    .digest("base64");
  const authorization = `SharedKey ${account}:${signature}`;
  const response = await fetch(url, {
    headers: { authorization, "x-ms-date": date, "x-ms-version": API_VERSION },
  });
  if (!response.ok) throw new Error(`the storage answered ${response.status}`);
  const blobs = (await response.text()).matchAll(/<Name>([^<]+)<\/Name>.*?<Etag>([^<]+)<\/Etag>/gs);
  return Array.from(blobs, ([, name = "", etag = ""]) => [name, `"${etag}"`]);
}
