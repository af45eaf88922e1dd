/** An owner's blob names and ETags, read from storage itself by a signed listing. */
import { createHmac } from "node:crypto";
import { inject } from "vitest";
import { ownerIdOf } from "../../lib/domain/owner.ts";
import { stateOf } from "./heads.ts";

const API_VERSION = "2021-12-02";

const FOLDERS = ["owners", "bodies", "recoveries", "activity", "budgets"];

/**
 * Each blob of an owner by name, with its ETag: two results are equal only if nothing was written in between.
 */
export async function everythingOf(owner: string): Promise<Record<string, string>> {
  const id = ownerIdOf({ issuer: inject("surroundings").issuer, subject: owner });
  const found = await Promise.all(FOLDERS.map((folder) => list(`${folder}/${id}`)));
  return Object.fromEntries(found.flat().map(([name, etag]) => [name.replace(id, ""), etag]));
}

/** A backup and its recoveries, without the owner's record, counters and logs. */
export async function storedOf(owner: string): Promise<Record<string, string>> {
  const blobs = Object.entries(await everythingOf(owner)).filter(([name]) =>
    /^(bodies|recoveries)\//.test(name),
  );
  return { ...Object.fromEntries(blobs), ...(await stateOf(owner)) };
}

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
