/** Who may call what: every endpoint against every principal but the owner on a registered device. */

import { describe, expect, inject, it } from "vitest";
import { endpoints } from "../../functions/endpoints.ts";
import { RIGHTS } from "../../lib/domain/devices/young.ts";
import type { FailureKind } from "../../lib/domain/failure.ts";
import { PROVIDER_ROLES } from "../../lib/domain/step-up/provider.ts";
import type { Endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { typeOf } from "../../lib/http/problems/problem.ts";
import { aPhone, type CheckedPhone, signInAt } from "../support/phones.ts";
import { idIn } from "../support/step-up.ts";
import { expectSuccess } from "../support/succeeded.ts";
import { aProviderToken } from "../support/tokens.ts";
import {
  anOwnerWithBackup,
  aRegisteredPhone,
  etagOf,
  expectEachRefused,
  expectRefused,
  problemIn,
  receiptIn,
  recovering,
  refused,
  revoke,
} from "./helpers.ts";
import { rawCall } from "./raw.ts";
import { aName, named, ownerEndpoints, providerEndpoints, sampledNames, sampleOf } from "./requests.ts";
import { storedOf } from "./stored.ts";

/**
 * `unregistered`: the answer to an unknown device after a fresh sign-in; `stranger`: to another owner with
 * this owner's ids.
 */
type Row = {
  access: Endpoint["access"];
  unregistered: FailureKind | "allowed";
  stranger: FailureKind | "own data";
  /**
   * The owner's answer to the sample request: success, or the refusal of a well-formed request about nothing.
   */
  owner?: FailureKind;
};

const closed = { access: "owner", unregistered: "device-unknown", stranger: "own data" } as const;
const rows: Record<string, Row> = {
  "upload-backup": { ...closed, stranger: "stale-precondition" },
  "get-backup": closed,
  "list-backups": closed,
  "delete-backup": { ...closed, stranger: "stale-precondition" },
  "undelete-backup": { ...closed, stranger: "stale-precondition" },
  "list-versions": closed,
  "restore-version": { ...closed, stranger: "stale-precondition", owner: "version-not-found" },
  "check-staleness": closed,
  "diagnose-backup": { ...closed, unregistered: "allowed" },
  "confirm-sign-in": { ...closed, access: "owner-fresh", stranger: "stale-precondition" },
  "read-document": closed,
  "open-document": closed,
  "recover-accounts": { ...closed, access: "owner-fresh", unregistered: "allowed" },
  "plan-recovery": { ...closed, access: "owner-fresh", unregistered: "allowed" },
  "get-recovery": { ...closed, stranger: "recovery-not-found" },
  "repudiate-recovery": { ...closed, stranger: "recovery-not-found" },
  "renew-credential": {
    access: "owner-fresh",
    unregistered: "device-unknown",
    stranger: "recovery-not-found",
    owner: "account-not-in-recovery",
  },
  "start-step-up": { ...closed, stranger: "recovery-not-found", owner: "account-not-in-recovery" },
  "answer-step-up": { ...closed, stranger: "challenge-not-found", owner: "challenge-not-found" },
  "list-contacts": closed,
  "add-contact": { ...closed, access: "owner-fresh" },
  "confirm-contact": { ...closed, stranger: "contact-not-found", owner: "answer-wrong" },
  "send-contact-code": { ...closed, stranger: "contact-not-found", owner: "contact-unusable" },
  "remove-contact": { ...closed, stranger: "contact-not-found" },
  "issue-device-ticket": {
    access: "owner-fresh",
    unregistered: "device-unknown",
    stranger: "account-not-on-device",
    owner: "account-not-on-device",
  },
  "issue-ticket": { access: "provider:Tickets.Issue", unregistered: "not-signed-in", stranger: "own data" },
  "verify-code": { access: "provider:Codes.Verify", unregistered: "not-signed-in", stranger: "own data" },
  "verify-signature": {
    access: "provider:Codes.Verify",
    unregistered: "not-signed-in",
    stranger: "own data",
  },
  "end-credentials": {
    access: "provider:Credentials.End",
    unregistered: "not-signed-in",
    stranger: "own data",
  },
  "list-activity": closed,
  "export-data": { ...closed, access: "owner-fresh" },
  "erase-data": { ...closed, access: "owner-fresh" },
  "keep-data": { ...closed, access: "owner-fresh" },
  "start-sweep": { access: "provider:Sweeps.Run", unregistered: "not-signed-in", stranger: "own data" },
  "list-sweeps": { access: "provider:Sweeps.Run", unregistered: "not-signed-in", stranger: "own data" },
  "show-alarm": { access: "capability", unregistered: "allowed", stranger: "own data" },
  "repudiate-alarm": { access: "capability", unregistered: "allowed", stranger: "own data" },
  "list-devices": closed,
  "register-device": { ...closed, access: "owner-fresh", unregistered: "allowed" },
  "rename-device": { ...closed, stranger: "device-not-found" },
  "object-to-revocation": {
    ...closed,
    access: "owner-fresh",
    stranger: "invalid-request",
    owner: "invalid-request",
  },
  "revoke-device": { ...closed, stranger: "device-not-found" },
  "get-openapi": { access: "anonymous", unregistered: "allowed", stranger: "own data" },
  "get-health": { access: "anonymous", unregistered: "allowed", stranger: "own data" },
  "show-docs": { access: "anonymous", unregistered: "allowed", stranger: "own data" },
  "list-problems": { access: "anonymous", unregistered: "allowed", stranger: "own data" },
  "show-problem": { access: "anonymous", unregistered: "allowed", stranger: "own data" },
};

function rowOf({ name }: Endpoint): Row {
  const row = rows[name];
  if (!row) throw new Error(`test/functions/policy.test.ts has no row for ${name}`);
  return row;
}

/** An owner with a backup, a second device and a revoked one, and their valid request for this endpoint. */
async function aTarget(endpoint: Endpoint) {
  const { owner, phone, uploaded } = await anOwnerWithBackup();
  const [second, lost] = [await aRegisteredPhone(owner), await aRegisteredPhone(owner)];
  await revoke(phone, lost);
  const [recovery, theirRecovery] = [await recoveryOf(phone), await recoveryOf(second)];
  const added = await phone.call("POST", "v1/contacts", { body: anEmail() });
  const contact = idIn(added);
  const etag = etagOf(await phone.call("GET", "v1/backups/android"));
  const device = second.deviceId;
  const about = { platform: phone.platform, etag, device, recovery, theirRecovery, contact };
  const { path, ...call } = sampleOf(endpoint, about);
  const ask = (as: CheckedPhone, token = as.token) => as.call(endpoint.method, path, { ...call, token });
  const raw = {
    headers: call.headers ?? {},
    ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
  };
  const askWithout = (header: string) =>
    rawCall(phone, endpoint.method, path, { ...raw, headers: { ...raw.headers, [header]: undefined } });
  return { owner, phone, second, lost, uploaded, ask, askWithout };
}

const recoveryOf = async (phone: CheckedPhone) =>
  idIn(await phone.call("POST", "v1/recoveries", recovering(phone)));
const anEmail = () => ({
  channel: "email",
  address: `canary-${crypto.randomUUID()}@mail.example`,
  language: "en",
});

/** A provider's app is no owner, whatever its roles. */
const providerTokens = [
  () => aProviderToken("contoso-sign-in", ...PROVIDER_ROLES),
  () => aProviderToken("contoso-sign-in"),
  () => aProviderToken("fabrikam-sign-in", "Codes.Verify"),
];

const longAgo = () => new Date(Date.now() - 700_000);

it("R33 every endpoint has a row in the policy and a sample request, and no row is superfluous", () => {
  const names = endpoints.map(({ name }) => name).sort();
  expect(Object.keys(rows).sort()).toEqual(names);
  expect(sampledNames.toSorted()).toEqual(names);
});

it("R45 every endpoint for owners has a row in the table of what a young device may do", () => {
  const owners = Object.entries(rows).filter(([, { access }]) => access.startsWith("owner"));
  expect(owners.map(([name]) => name).sort()).toEqual(Object.keys(RIGHTS).sort());
});

it("R33 every endpoint is declared with the access that the policy says", () => {
  for (const endpoint of endpoints) expect(endpoint.access, endpoint.name).toBe(rowOf(endpoint).access);
});

describe.concurrent.each(named(ownerEndpoints))("%s", (_, endpoint) => {
  const tooOld = endpoint.access === "owner-fresh" ? "sign-in-too-old" : "device-unknown";
  /** A diagnosis reports itself that the sign-in is too old, and nothing else. */
  const isTold = endpoint.name === "diagnose-backup";

  it("R4 R10 R17 R49 refuses everybody but the owner on a registered device", async () => {
    const { owner, phone, second, lost, ask, askWithout } = await aTarget(endpoint);
    const unknown = await aPhone({ owner, authTime: longAgo() });
    const bound = await phone.signIn(owner, { claims: { cnf: { jkt: second.deviceId } } });
    await expectRefused(owner, "not-signed-in", () => askWithout("authorization"));
    await expectEachRefused(owner, "proof-invalid", {
      "no proof": () => askWithout("dpop"),
      "a token that is bound to another key": () => ask(phone, bound),
    });
    await expectRefused(owner, "device-revoked", () => ask(lost));
    if (isTold) expectSuccess(await ask(unknown));
    else await expectRefused(owner, tooOld, () => ask(unknown));
    if (endpoint.access === "owner-fresh") {
      await unknown.signIn(owner, { authTime: null });
      await expectRefused(owner, "sign-in-time-missing", () => ask(unknown));
    }
    await unknown.signIn(owner);
    const { unregistered } = rowOf(endpoint);
    if (unregistered !== "allowed") await expectRefused(owner, unregistered, () => ask(unknown));
    const { owner: comesTo } = rowOf(endpoint);
    const own = await ask(phone, await phone.signIn(owner, { claims: { cnf: { jkt: phone.deviceId } } }));
    if (comesTo) refused(own, comesTo);
    else expectSuccess(own);
    if (unregistered === "allowed") expectSuccess(await ask(unknown));
  });

  it("R4 R33 never accepts a provider's app as an owner, whatever its roles and device", async () => {
    const { owner, phone, ask } = await aTarget(endpoint);
    const stranger = await aPhone();
    for (const app of providerTokens) {
      const token = await app();
      await expectEachRefused(owner, "not-signed-in", {
        "from the owner's device": () => ask(phone, token),
        "from an unknown one": () => ask(stranger, token),
      });
    }
  });

  it("R17 R33 shows and changes nothing of this owner with another owner's token, from any device", async () => {
    const { owner, phone, second, uploaded, ask } = await aTarget(endpoint);
    const { owner: other, phone: stranger } = await anOwnerWithBackup();
    const before = await storedOf(owner);
    const token = await stranger.signIn(other, signInAt(longAgo()));
    if (isTold) expectSuccess(await ask(phone, token));
    else await expectRefused(other, tooOld, () => ask(phone, token));
    await stranger.signIn(other);
    const [reply, ofNobody] = [await ask(stranger), await ask(await aPhone())];
    expect(await storedOf(owner)).toEqual(before);
    const { stranger: kind } = rowOf(endpoint);
    if (kind === "own data") expectSuccess(reply);
    else expect(problemIn(reply).type).toBe(typeOf(kind));
    const { id, digest } = receiptIn(uploaded).version;
    const told = JSON.stringify([reply, ofNobody].map(({ body, headers }) => [body, ...headers]));
    for (const theirs of [phone.deviceId, second.deviceId, id, digest, before["android"]]) {
      expect(told).not.toContain(theirs);
    }
  });
});

describe.concurrent.each(named(providerEndpoints))("%s", (_, endpoint) => {
  it("F23 R33 refuses everybody but a registered app with the role, and each app outside its tenants", async () => {
    const { owner, phone, ask } = await aTarget(endpoint);
    const role = endpoint.access.replace("provider:", "");
    const other = role === "Codes.Verify" ? "Tickets.Issue" : "Codes.Verify";
    refused(await ask(phone, ""), "not-signed-in");
    refused(await ask(phone, await phone.signIn(owner)), "not-signed-in");
    const [unregistered, stranger] = [await aPhone({ owner }), (await anOwnerWithBackup()).phone];
    for (const other of [unregistered, stranger]) refused(await ask(other), "not-signed-in");
    refused(await ask(phone, await aProviderToken("contoso-sign-in")), "role-missing");
    refused(await ask(phone, await aProviderToken("contoso-sign-in", other)), "role-missing");
    refused(await ask(phone, await aProviderToken("nobody", role)), "role-missing");
    for (const app of role === "Sweeps.Run" ? [] : ["fabrikam-sign-in", "personal-sign-in"]) {
      refused(await ask(phone, await aProviderToken(app, role)), "account-not-yours");
    }
    const reply = await ask(phone, await aProviderToken("contoso-sign-in", role));
    expectSuccess(reply);
    expect(JSON.stringify([reply.body])).not.toContain(aName.userName);
  });
});

const capabilityEndpoints = endpoints.filter(({ access }) => access === "capability");

describe.concurrent.each(named(capabilityEndpoints))("%s", (_, endpoint) => {
  it("R18 R33 accepts only the link: without one that the service made, no token opens anything", async () => {
    const { owner, phone, second } = await anOwnerWithSecond();
    const before = await storedOf(owner);
    const about = { platform: phone.platform, etag: "", device: second.deviceId };
    const { path } = sampleOf(endpoint, about);
    const url = `${inject("surroundings").api}/${path}`;
    const tokens = [undefined, phone.token, ...(await Promise.all(providerTokens.map((app) => app())))];
    const pages: [number, string][] = [];
    for (const token of tokens) {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const reply = await fetch(url, { method: endpoint.method, headers });
      pages.push([reply.status, await reply.text()]);
    }
    for (const page of pages) expect(page).toEqual([404, pages[0]?.[1]]);
    expect(pages[0]?.[1]).not.toContain(second.deviceId);
    expect(await storedOf(owner)).toEqual(before);
    expect((await second.call("GET", "v1/backups")).status).toBe(200);
  });
});

async function anOwnerWithSecond() {
  const { owner, phone } = await anOwnerWithBackup();
  return { owner, phone, second: await aRegisteredPhone(owner) };
}
