/** One valid request for every endpoint, for tests of rules that hold for all of them. */
import { endpoints } from "../../functions/endpoints.ts";
import type { Platform } from "../../infra/local/phone.ts";
import { newId } from "../../lib/domain/id.ts";
import { type Endpoint, isOwnerAccess, isProviderAccess } from "../../lib/http/pipeline/endpoint.ts";
import { aBackup } from "../support/builders.ts";

/** The owner of a request: the backup's platform and present ETag, and a device's id. */
export type About = {
  platform: Platform;
  etag: string;
  device: string;
} & Partial<Made>;
/** The calling device's recovery, that of `device`, a contact; unknown ids if they don't matter. */
type Made = { recovery: string; theirRecovery: string; contact: string };
export type Sample = { path: string; body?: unknown; headers?: Record<string, string> };

/** A work account that nobody has. */
export const aName = {
  kind: "work",
  issuer: "https://sts.example",
  tenant: "contoso",
  userName: "canary-nobody@contoso.example",
};
const aCapability = ["A".repeat(43), "A".repeat(43), "1900000000", "A".repeat(43)].join(".");

const nameOnly = { name: "canary-name" };

/** A new endpoint needs a row here. */
const samples: Record<string, (about: About & Made) => Sample> = {
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
  "undelete-backup": ({ platform, etag }) => ({
    path: `v1/backups/${platform}/undelete`,
    headers: { "if-match": etag },
  }),
  "list-versions": ({ platform }) => ({ path: `v1/backups/${platform}/versions` }),
  "restore-version": ({ platform, etag }) => ({
    path: `v1/backups/${platform}/versions/${newId()}/restore`,
    headers: { "if-match": etag },
  }),
  "check-staleness": ({ platform }) => ({ path: `v1/backups/${platform}/staleness` }),
  "diagnose-backup": ({ platform }) => ({
    path: `v1/backups/${platform}/diagnosis`,
    body: { existingAccounts: [] },
  }),
  "confirm-sign-in": ({ platform, etag }) => ({
    path: `v1/backups/${platform}/confirm`,
    headers: { "if-match": etag },
  }),
  "read-document": ({ platform }) => ({ path: `v1/backups/${platform}/document` }),
  "open-document": ({ platform }) => ({ path: `v1/backups/${platform}/document`, body: { envelope: "any" } }),
  "recover-accounts": ({ platform }) => ({
    path: "v1/recoveries",
    body: { platform, device: nameOnly, existingAccounts: [] },
  }),
  "plan-recovery": ({ platform }) => ({
    path: "v1/recovery-plans",
    body: { platform, existingAccounts: [] },
  }),
  "get-recovery": ({ recovery }) => ({ path: `v1/recoveries/${recovery}` }),
  "repudiate-recovery": ({ theirRecovery }) => ({ path: `v1/recoveries/${theirRecovery}/repudiate` }),
  "renew-credential": ({ recovery }) => ({
    path: `v1/recoveries/${recovery}/credentials`,
    body: { account: aName },
  }),
  "start-step-up": ({ recovery }) => ({
    path: `v1/recoveries/${recovery}/step-ups`,
    body: { account: aName },
  }),
  "answer-step-up": () => ({ path: `v1/step-ups/${newId()}/answer`, body: { code: "123456" } }),
  "list-contacts": () => ({ path: "v1/contacts" }),
  "add-contact": () => ({
    path: "v1/contacts",
    body: { channel: "email", address: `canary-${crypto.randomUUID()}@mail.example`, language: "en" },
  }),
  "confirm-contact": ({ contact }) => ({ path: `v1/contacts/${contact}/confirm`, body: { code: "123456" } }),
  "send-contact-code": ({ contact }) => ({ path: `v1/contacts/${contact}/code` }),
  "remove-contact": ({ contact }) => ({ path: `v1/contacts/${contact}` }),
  "issue-device-ticket": () => ({ path: "v1/device-tickets", body: { account: aName } }),
  "issue-ticket": () => ({ path: "v1/tickets", body: { account: aName } }),
  "verify-code": () => ({ path: "v1/codes/verify", body: { account: aName, code: "123456" } }),
  "verify-signature": () => ({
    path: "v1/signatures/verify",
    body: { account: aName, challenge: "A".repeat(43), signature: "A".repeat(86) },
  }),
  "end-credentials": () => ({ path: "v1/credentials/end", body: { account: aName } }),
  "list-activity": () => ({ path: "v1/activity" }),
  "export-data": () => ({ path: "v1/me/export" }),
  "erase-data": () => ({ path: "v1/me?confirm=erase-everything" }),
  "keep-data": () => ({ path: "v1/me/keep" }),
  "start-sweep": () => ({ path: "v1/sweeps/owners" }),
  "list-sweeps": () => ({ path: "v1/sweeps" }),
  "show-alarm": () => ({ path: `v1/alarms/${aCapability}` }),
  "repudiate-alarm": () => ({ path: `v1/alarms/${aCapability}` }),
  "list-devices": () => ({ path: "v1/devices" }),
  "register-device": ({ platform }) => ({ path: "v1/devices", body: { platform, ...nameOnly } }),
  "rename-device": ({ device }) => ({ path: `v1/devices/${device}`, body: nameOnly }),
  "object-to-revocation": ({ device }) => ({ path: `v1/devices/${device}/object` }),
  "revoke-device": ({ device }) => ({ path: `v1/devices/${device}` }),
  "get-openapi": () => ({ path: "v1/openapi.json" }),
  "get-health": () => ({ path: "health" }),
  "show-docs": () => ({ path: "docs" }),
  "list-problems": () => ({ path: "problems" }),
  "show-problem": () => ({ path: "problems/busy" }),
};

export function sampleOf({ name }: Endpoint, about: About): Sample {
  const sample = samples[name];
  if (!sample) throw new Error(`test/functions/requests.ts has no sample request for ${name}`);
  return sample({ recovery: newId(), theirRecovery: newId(), contact: newId(), ...about });
}

export const sampledNames = Object.keys(samples);

export const ownerEndpoints = endpoints.filter(({ access }) => isOwnerAccess(access));
export const providerEndpoints = endpoints.filter(({ access }) => isProviderAccess(access));

/** For `it.each`: the name first. */
export const named = (list: Endpoint[]) => list.map((endpoint) => [endpoint.name, endpoint] as const);
