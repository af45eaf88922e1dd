/** Helpers of the endpoint tests: owners with a backup, their stored state, refusals that change nothing. */

import { expect } from "vitest";
import * as z from "zod";
import type { Platform, Reply } from "../../infra/local/phone.ts";
import type { BackupDocument } from "../../lib/domain/backup/document.ts";
import type { FailureKind } from "../../lib/domain/failure.ts";
import { Problem, typeOf } from "../../lib/http/problems/problem.ts";
import { BackupStatus, Staleness, VersionStatus } from "../../lib/http/replies/backup-status.ts";
import { DeviceStatus } from "../../lib/http/replies/device-status.ts";
import type { App } from "../support/app.ts";
import { aBackup, nothingYet } from "../support/builders.ts";
import { anOwner, aPhone, type CheckedPhone } from "../support/phones.ts";
import { expectSuccess } from "../support/succeeded.ts";
import { storedOf } from "./stored.ts";

const Receipt = z.object({
  platform: z.string(),
  current: z.boolean(),
  version: VersionStatus,
  envelope: z.string().optional(),
});
const StalenessAnswer = Staleness.extend({
  generation: z.int(),
  digest: z.string().optional(),
  etag: z.string().optional(),
});

export const receiptIn = ({ body }: Reply) => Receipt.parse(body);
export const statusIn = ({ body }: Reply) => BackupStatus.parse(body);
export const stalenessIn = ({ body }: Reply) => StalenessAnswer.parse(body);
export const deviceIn = ({ body }: Reply) => DeviceStatus.parse(body);
export const devicesIn = ({ body }: Reply) =>
  z.object({ devices: z.array(DeviceStatus) }).parse(body).devices;
export const backupsIn = ({ body }: Reply) =>
  z.object({ backups: z.array(BackupStatus) }).parse(body).backups;
export const etagOf = ({ headers }: Reply) => headers.get("etag") ?? "";

export function problemIn({ body, headers, status }: Reply): Problem {
  const problem = Problem.parse(body);
  expect(problem.instance).toBe(`urn:uuid:${headers.get("x-request-id")}`);
  expect(problem.status).toBe(status);
  return problem;
}

/** Checks that the reply is this refusal, and repeats nothing that was sent. */
export function refused(reply: Reply, kind: FailureKind): Problem {
  const problem = problemIn(reply);
  expect(problem.type, problem.detail).toBe(typeOf(kind));
  expect(problem.remedy).not.toBe("");
  expect(JSON.stringify([problem, [...reply.headers]])).not.toMatch(/canary/i);
  return problem;
}

export type AnOwner = {
  owner?: string;
  platform?: Platform;
  app?: App | undefined;
  document?: BackupDocument;
};

/** An owner with one backup, and the phone that made it. */
export async function anOwnerWithBackup({ owner = anOwner(), app, document, platform }: AnOwner = {}) {
  const phone = await aPhone({ owner, ...(app && { app }), ...(platform && { platform }) });
  return { owner, phone, uploaded: await upload(phone, document ? { document } : {}) };
}

/** Uploads a document that the service must accept. */
export async function upload(
  phone: CheckedPhone,
  { document = aBackup(), headers = nothingYet }: { document?: BackupDocument; headers?: Headers } = {},
): Promise<Reply> {
  const reply = await phone.call("PUT", `v1/backups/${phone.platform}`, { body: document, headers });
  return expectSuccess(reply);
}
type Headers = Record<string, string>;

/** Another device of an owner, registered by a fresh sign-in. */
export async function aRegisteredPhone(
  owner: string,
  { app, platform }: Pick<AnOwner, "app" | "platform"> = {},
): Promise<CheckedPhone> {
  const phone = await aPhone({ owner, ...(app && { app }), ...(platform && { platform }) });
  await register(phone);
  return phone;
}

export async function register(phone: CheckedPhone, name = "canary-phone"): Promise<Reply> {
  const reply = await phone.call("POST", "v1/devices", { body: { platform: phone.platform, name } });
  expect(reply.status, JSON.stringify(reply.body)).toBe(201);
  return reply;
}

export async function revoke(by: CheckedPhone, { deviceId }: CheckedPhone): Promise<void> {
  expect((await by.call("DELETE", `v1/devices/${deviceId}`)).status).toBe(204);
}

export const recovering = ({ platform }: CheckedPhone, change: object = {}) => ({
  body: { platform, device: { name: "canary-new-phone" }, existingAccounts: [], ...change },
});

/** Has a device's first refused upload of the day noted; those after it write nothing. */
export async function alreadyNoted(phone: CheckedPhone): Promise<void> {
  const path = `v1/backups/${phone.platform}`;
  const reply = await phone.call("PUT", path, { body: {}, headers: { "if-match": '"any"' } });
  refused(reply, "invalid-request");
}

/** Each call is refused, repeats nothing that was sent, and changes nothing. */
export async function expectEachRefused(
  owner: string,
  kind: FailureKind,
  calls: Record<string, () => Promise<Reply>>,
): Promise<Problem[]> {
  const before = await storedOf(owner);
  const told: Problem[] = [];
  for (const [name, call] of Object.entries(calls)) {
    const reply = await call();
    expect(reply.status, name).toBeGreaterThanOrEqual(400);
    const problem = problemIn(reply);
    expect(problem.type, `${name}: ${problem.detail}`).toBe(typeOf(kind));
    expect(problem.remedy).not.toBe("");
    expect(JSON.stringify([problem, [...reply.headers]]), name).not.toMatch(/canary/i);
    told.push(problem);
  }
  expect(await storedOf(owner)).toEqual(before);
  return told;
}

export async function expectRefused(
  owner: string,
  kind: FailureKind,
  call: () => Promise<Reply>,
): Promise<Problem> {
  const [problem] = await expectEachRefused(owner, kind, { call });
  return problem ?? expect.fail("no call");
}

/** The places of an invalid request's faults, each once. */
export const placesIn = ({ errors = [] }: Problem) => [...new Set(errors.map(({ at }) => at))];

export const statusesOf = (replies: Reply[]) => replies.map(({ status }) => status).sort();
