/** A successful request for every endpoint, ready for any instance, and what the owner sees afterwards. */

import { randomBytes } from "node:crypto";
import { expect, inject } from "vitest";
import type { Reply } from "../../infra/local/phone.ts";
import type { BackupDocument } from "../../lib/domain/backup/document.ts";
import { capabilityFor } from "../../lib/domain/devices/repudiation.ts";
import { ownerIdOf } from "../../lib/domain/owner.ts";
import { PROVIDER_ROLES } from "../../lib/domain/step-up/provider.ts";
import { type Endpoint, isOwnerAccess, isProviderAccess } from "../../lib/http/pipeline/endpoint.ts";
import type { App } from "../support/app.ts";
import { aBackup, nothingYet } from "../support/builders.ts";
import { expectDeclared } from "../support/declared.ts";
import { aPhone, type CheckedPhone } from "../support/phones.ts";
import { aPushKey } from "../support/push-key.ts";
import {
  answer,
  aRecovery,
  aTicket,
  bound,
  codeAt,
  proven,
  type Recovery,
  recover,
  recoveredIn,
  start,
  startedIn,
  type Watched,
} from "../support/step-up.ts";
import { anAccountToken, aProviderToken } from "../support/tokens.ts";
import { aRegisteredPhone, etagOf, recovering } from "./helpers.ts";
import { midway } from "./midway.ts";
import { type Sample, sampleOf } from "./requests.ts";

const BACKUP = "v1/backups/android";

export type Prepared = {
  scene: Recovery;
  /** The owner's document if the request succeeds; undefined if nothing can be recovered any more. */
  document: BackupDocument | undefined;
  ask(app: App): Promise<Reply>;
  /** Repeats the request like a client that got no answer. */
  repeat(app: App): Promise<Reply>;
};

/** `variant`: another request of that endpoint, by its name in `variants`. */
export async function prepared(endpoint: Endpoint, watched: Watched, variant?: string): Promise<Prepared> {
  const scene = await aRecovery({ watched });
  const made = await (variants[variant ?? ""]?.(scene) ?? requestOf(endpoint, scene));
  const ask = async (app: App, call: Sample = made) =>
    made.by ? await asOwner(made.by, endpoint.method, call, app) : await asOther(endpoint, made, app);
  const repeat = async (app: App) => {
    const again = await ask(app);
    if (again.status !== 412 || !made.by) return again;
    const [path = BACKUP] = /^v1\/backups\/\w+/.exec(made.path) ?? [];
    const etag = etagOf(await asOwner(made.by, "GET", { path }, app));
    return await ask(app, { ...made, headers: { "if-match": etag } });
  };
  return { scene, document: documentAfter(endpoint, made, scene), ask, repeat };
}

type Request = Sample & { by?: CheckedPhone; token?: string };

async function requestOf(endpoint: Endpoint, scene: Recovery): Promise<Request> {
  const own = await (others[endpoint.name] ?? midway(endpoint.name))?.(scene);
  if (own) return own;
  const { old, phone, recovery, contact, owner, watched } = scene;
  const etag = etagOf(await old.call("GET", BACKUP));
  const about = { platform: "android", etag, device: phone.deviceId, recovery, contact } as const;
  const sample = sampleOf(endpoint, about);
  const headers = { ...sample.headers, "idempotency-key": crypto.randomUUID() };
  if (isProviderAccess(endpoint.access))
    return { ...sample, token: await aProviderToken("contoso-sign-in", ...PROVIDER_ROLES) };
  if (!isOwnerAccess(endpoint.access)) return sample;
  const isNew = ["recover-accounts", "register-device"].includes(endpoint.name);
  return { ...sample, headers, by: isNew ? await aPhone({ owner, app: watched.app }) : old };
}

/** Requests that aren't the owner's own. */
const others: Record<string, (scene: Recovery) => Promise<Request>> = {
  "verify-code": async (scene) => {
    const code = codeAt(await proven(scene), scene.watched.clock.now());
    return {
      path: "v1/codes/verify",
      body: { account: bound(scene.personal), code },
      token: await checker(),
    };
  },
  "verify-signature": async (scene) => {
    const { credential, signed } = aPushKey();
    const { id } = startedIn(await start(scene));
    const passed = await answer(scene.phone, id, { code: scene.watched.lastCode(), credential });
    expect(passed.status, JSON.stringify(passed.body)).toBe(200);
    const challenge = randomBytes(32);
    const body = {
      account: bound(scene.personal),
      challenge: challenge.toString("base64url"),
      signature: signed(challenge).toString("base64url"),
    };
    return { path: "v1/signatures/verify", body, token: await checker() };
  },
  "end-credentials": async (scene) => {
    await proven(scene);
    const token = await aProviderToken("personal-sign-in", "Credentials.End");
    return { path: "v1/credentials/end", body: { account: bound(scene.personal) }, token };
  },
  "show-alarm": async (scene) => ({ path: await alarmPath(scene) }),
  "repudiate-alarm": async (scene) => ({ path: await alarmPath(scene) }),
};

/** Other cases of an endpoint than the common one, by its name and the case. */
export const variants: Record<string, (scene: Recovery) => Promise<Request>> = {
  "upload-backup of another platform, in client custody": async ({ owner, watched }) => {
    const by = await aRegisteredPhone(owner, { app: watched.app, platform: "ios" });
    return { by, path: "v1/backups/ios", body: aBackup(), headers: { ...nothingYet } };
  },
  "answer-step-up with a ticket": async (scene) => {
    const { code: ticket } = await aTicket(scene);
    const { id } = startedIn(await start(scene, { account: scene.work }));
    return { by: scene.phone, path: `v1/step-ups/${id}/answer`, body: { ticket } };
  },
  "start-step-up with a code": async ({ phone: by, recovery, personal, contact, watched }) => ({
    by,
    path: `v1/recoveries/${recovery}/step-ups`,
    body: { account: bound(personal), contact },
    headers: {
      "account-authorization": `Bearer ${await anAccountToken(personal.userName, watched.clock.now())}`,
    },
  }),
  "recover-accounts with an account that was proven before": async (scene) => {
    await proven(scene);
    const { owner, watched } = scene;
    const by = await aPhone({ owner, app: watched.app });
    const headers = { "idempotency-key": crypto.randomUUID() };
    return { ...recovering(by), by, path: "v1/recoveries", headers };
  },
  "revoke-device that has a credential": async (scene) => {
    await proven(scene);
    return { by: scene.old, path: `v1/devices/${scene.phone.deviceId}` };
  },
};

const checker = () => aProviderToken("personal-sign-in", "Codes.Verify");

async function alarmPath({ owner: subject, phone, watched }: Recovery): Promise<string> {
  const owner = ownerIdOf({ issuer: inject("surroundings").issuer, subject });
  const device = watched.told().find(({ activity }) => activity.device?.id === phone.deviceId);
  const id = device?.activity.device?.id ?? expect.fail("the recovery was not told");
  return `v1/alarms/${await capabilityFor(watched.app.services.keyedHash, { owner, device: id }, watched.clock.now())}`;
}

async function asOwner(
  by: CheckedPhone,
  method: string,
  { path, ...call }: Sample,
  app: App,
): Promise<Reply> {
  by.through(app.fetch);
  return await by.call(method, path, call);
}

async function asOther(endpoint: Endpoint, { path, body, token }: Request, app: App): Promise<Reply> {
  const { api } = inject("surroundings");
  const response = await app.fetch(`${api}/${path}`, {
    method: endpoint.method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body !== undefined ? { "content-type": "application/json" } : { "content-length": "0" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isPage = endpoint.page;
  const reply = {
    status: response.status,
    headers: response.headers,
    body: text === "" || isPage ? undefined : JSON.parse(text),
  };
  if (!isPage) expectDeclared(endpoint, reply);
  return reply;
}

const GONE = ["delete-backup", "erase-data"];

function documentAfter({ name }: Endpoint, { path, body }: Sample, { document }: Recovery) {
  if (GONE.includes(name)) return undefined;
  return name === "upload-backup" && path === BACKUP && isBackup(body) ? body : document;
}

const isBackup = (body: unknown): body is BackupDocument => body instanceof Object && "accounts" in body;

const SEEN = ["v1/backups", `${BACKUP}/versions`, "v1/contacts", "v1/devices"];

/**
 * The owner's view through a fresh instance. Ids, times and digests are masked: two scenes in which the same
 * has happened look the same.
 */
export async function seenBy({ old, recovery, watched }: Recovery): Promise<string> {
  const app = watched.another();
  const told: unknown[] = [];
  for (const path of [...SEEN, `v1/recoveries/${recovery}`]) {
    const { status, body } = await asOwner(old, "GET", { path }, app);
    told.push([path.replace(recovery, ""), status, status < 400 ? body : undefined]);
  }
  return JSON.stringify(told, plain, 1);
}

const plain = (_: string, value: unknown): unknown => {
  if (typeof value !== "string") return value;
  if (/^\d{4}-\d\d-\d\dT/.test(value)) return "a time";
  return /^"?[\w-]{16,}"?$|@|canary/.test(value) ? "an id" : value;
};

/** A recovery on a new device brings back, to the byte, what was uploaded last. */
export async function expectRecovered({ owner, watched }: Recovery, document: BackupDocument | undefined) {
  const reply = await recover(await aPhone({ owner, app: watched.another() }));
  if (!document) return expect(reply.status).toBe(404);
  expect(reply.status, JSON.stringify(reply.body)).toBe(200);
  const { accounts } = recoveredIn(reply);
  expect(accounts).toHaveLength(document.accounts.length);
  expect(accounts[0]?.account).toEqual(document.accounts[0]);
}
