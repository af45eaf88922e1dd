/** Who may call what: every endpoint against every principal that isn't the owner on a device of theirs. */
import { describe, expect, it } from "vitest";
import { endpoints } from "../../functions/endpoints.ts";
import type { Reply } from "../../infra/local/phone.ts";
import type { FailureKind } from "../../lib/domain/failure.ts";
import type { Endpoint } from "../../lib/http/endpoint.ts";
import { typeOf } from "../../lib/http/problem.ts";
import { aPhone, type CheckedPhone, signInAt } from "../support/phones.ts";
import {
  anOwnerWithBackup,
  aRegisteredPhone,
  etagOf,
  expectRefused,
  problemIn,
  receiptIn,
  revoke,
  storedOf,
} from "./helpers.ts";
import { rawCall } from "./raw.ts";
import { named, ownerEndpoints, sampledNames, sampleOf } from "./requests.ts";

/** `newcomer`: what an unknown device gets after a fresh sign-in; `stranger`: what another owner gets for this owner's ids. */
type Row = {
  access: Endpoint["access"];
  newcomer: FailureKind | "allowed";
  stranger: FailureKind | "own data";
};

const closed = { access: "owner", newcomer: "device-unknown", stranger: "own data" } as const;
const rows: Record<string, Row> = {
  "upload-backup": { ...closed, stranger: "stale-precondition" },
  "get-backup": closed,
  "list-backups": closed,
  "delete-backup": { ...closed, stranger: "stale-precondition" },
  "check-staleness": closed,
  "confirm-sign-in": { ...closed, access: "owner-fresh", stranger: "stale-precondition" },
  "recover-accounts": { ...closed, access: "owner-fresh", newcomer: "allowed" },
  "list-devices": closed,
  "register-device": { ...closed, access: "owner-fresh", newcomer: "allowed" },
  "rename-device": { ...closed, stranger: "device-not-found" },
  "revoke-device": { ...closed, stranger: "device-not-found" },
  "get-health": { access: "anonymous", newcomer: "allowed", stranger: "own data" },
};

function rowOf({ name }: Endpoint): Row {
  const row = rows[name];
  if (!row) throw new Error(`test/endpoints/policy.test.ts has no row for ${name}`);
  return row;
}

/** An owner with a backup and a second device, and a valid request of theirs for this endpoint. */
async function aTarget(endpoint: Endpoint) {
  const { owner, phone, uploaded } = await anOwnerWithBackup();
  const second = await aRegisteredPhone(owner);
  const etag = etagOf(await phone.call("GET", "v1/backups/android"));
  const about = { platform: phone.platform, etag, device: second.deviceId };
  const { path, ...call } = sampleOf(endpoint, about);
  const ask = (as: CheckedPhone, token = as.token) => as.call(endpoint.method, path, { ...call, token });
  const raw = {
    headers: call.headers ?? {},
    ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
  };
  const askWithout = (header: string) =>
    rawCall(phone, endpoint.method, path, { ...raw, headers: { ...raw.headers, [header]: undefined } });
  return { owner, phone, second, uploaded, ask, askWithout };
}

const longAgo = () => new Date(Date.now() - 700_000);

const ok = (reply: Reply) => expect([200, 201, 204], JSON.stringify(reply.body)).toContain(reply.status);

it("R33 every endpoint has a row in the policy and a sample request, and no row is for nothing", () => {
  const names = endpoints.map(({ name }) => name).sort();
  expect(Object.keys(rows).sort()).toEqual(names);
  expect(sampledNames.toSorted()).toEqual(names);
});

it("R33 every endpoint is declared with the access that the policy says", () => {
  for (const endpoint of endpoints) expect(endpoint.access, endpoint.name).toBe(rowOf(endpoint).access);
});

describe.each(named(ownerEndpoints))("%s", (_, endpoint) => {
  const freshOnly = endpoint.access === "owner-fresh";

  it("R4 R17 refuses no token, no proof, a bound token with another key, a revoked device; takes the owner's", async () => {
    const { owner, phone, second, ask, askWithout } = await aTarget(endpoint);
    await expectRefused(owner, "not-signed-in", () => askWithout("authorization"));
    await expectRefused(owner, "proof-invalid", () => askWithout("dpop"));
    const lost = await aRegisteredPhone(owner);
    await revoke(phone, lost);
    await expectRefused(owner, "device-revoked", () => ask(lost));
    const bound = await phone.signIn(owner, { claims: { cnf: { jkt: second.deviceId } } });
    await expectRefused(owner, "proof-invalid", () => ask(phone, bound));
  });

  it("R17 takes a token that is bound to the device's key", async () => {
    const { owner, phone, ask } = await aTarget(endpoint);
    await phone.signIn(owner, { claims: { cnf: { jkt: phone.deviceId } } });
    ok(await ask(phone));
  });

  it("R10 R17 refuses an unknown device, but for registering and recovering by a fresh sign-in", async () => {
    const { owner, ask } = await aTarget(endpoint);
    const unknown = await aPhone({ owner, authTime: longAgo() });
    await expectRefused(owner, freshOnly ? "sign-in-too-old" : "device-unknown", () => ask(unknown));
    await unknown.signIn(owner);
    const { newcomer } = rowOf(endpoint);
    if (newcomer === "allowed") ok(await ask(unknown));
    else await expectRefused(owner, newcomer, () => ask(unknown));
  });

  it("R33 shows and changes nothing of this owner with another owner's token", async () => {
    const { owner, phone, second, uploaded, ask } = await aTarget(endpoint);
    const { phone: stranger } = await anOwnerWithBackup();
    const before = await storedOf(owner);
    const [reply, ofNobody] = [await ask(stranger), await ask(await aPhone())];
    expect(await storedOf(owner)).toEqual(before);
    const { stranger: kind } = rowOf(endpoint);
    if (kind === "own data") ok(reply);
    else expect(problemIn(reply).type).toBe(typeOf(kind));
    const { id, digest } = receiptIn(uploaded).version;
    const told = JSON.stringify([reply, ofNobody].map(({ body, headers }) => [body, ...headers]));
    for (const theirs of [phone.deviceId, second.deviceId, id, digest, before.android?.etag]) {
      expect(told).not.toContain(theirs);
    }
  });

  it("R17 R33 refuses this owner's device with another owner's token, where it is unknown", async () => {
    const { owner, phone, ask } = await aTarget(endpoint);
    const { owner: other, phone: stranger } = await anOwnerWithBackup();
    const token = await stranger.signIn(other, signInAt(longAgo()));
    const before = await storedOf(owner);
    await expectRefused(other, freshOnly ? "sign-in-too-old" : "device-unknown", () => ask(phone, token));
    expect(await storedOf(owner)).toEqual(before);
  });
});
