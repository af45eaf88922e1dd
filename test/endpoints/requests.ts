/** One valid request for every endpoint, so that what holds for all of them is tested on all of them. */
import { endpoints } from "../../functions/endpoints.ts";
import type { Platform } from "../../infra/local/phone.ts";
import type { Endpoint } from "../../lib/http/endpoint.ts";
import { aBackup } from "../support/builders.ts";

/** The owner that a request is about: the platform of the backup, its present ETag, the id of one of the devices. */
export type About = { platform: Platform; etag: string; device: string };
export type Sample = { path: string; body?: unknown; headers?: Record<string, string> };

const nameOnly = { name: "canary-name" };

/** A new endpoint needs a row here. */
const samples: Record<string, (about: About) => Sample> = {
  "upload-backup": ({ platform, etag }) => ({
    path: `v1/backups/${platform}`,
    body: aBackup(),
    headers: { "if-match": etag },
  }),
  "get-backup": ({ platform }) => ({ path: `v1/backups/${platform}` }),
  "list-backups": () => ({ path: "v1/backups" }),
  "delete-backup": ({ platform, etag }) => ({
    path: `v1/backups/${platform}`,
    headers: { "if-match": etag },
  }),
  "check-staleness": ({ platform }) => ({ path: `v1/backups/${platform}/staleness` }),
  "confirm-sign-in": ({ platform, etag }) => ({
    path: `v1/backups/${platform}/confirm`,
    headers: { "if-match": etag },
  }),
  "recover-accounts": ({ platform }) => ({
    path: "v1/recoveries",
    body: { platform, device: nameOnly, existingAccounts: [] },
  }),
  "list-devices": () => ({ path: "v1/devices" }),
  "register-device": ({ platform }) => ({ path: "v1/devices", body: { platform, ...nameOnly } }),
  "rename-device": ({ device }) => ({ path: `v1/devices/${device}`, body: nameOnly }),
  "revoke-device": ({ device }) => ({ path: `v1/devices/${device}` }),
  "get-health": () => ({ path: "health" }),
};

export function sampleOf({ name }: Endpoint, about: About): Sample {
  const sample = samples[name];
  if (!sample) throw new Error(`test/endpoints/requests.ts has no sample request for ${name}`);
  return sample(about);
}

export const sampledNames = Object.keys(samples);

export const ownerEndpoints = endpoints.filter(({ access }) => access !== "anonymous");

/** For `it.each`: the name first. */
export const named = (list: Endpoint[]) => list.map((endpoint) => [endpoint.name, endpoint] as const);
