/** Every endpoint's answer when the storage fails, holds damaged content or is always busy. */

import { describe, expect, inject, it } from "vitest";
import { Phone } from "../../infra/local/phone.ts";
import type { Blobs, StoredBlob } from "../../lib/azure/stores/blobs.ts";
import { PROVIDER_ROLES } from "../../lib/domain/step-up/provider.ts";
import { type Endpoint, problemsOf } from "../../lib/http/pipeline/endpoint.ts";
import { anApp } from "../support/app.ts";
import { aBackup, nothingYet } from "../support/builders.ts";
import { anOwner, aPhone } from "../support/phones.ts";
import { storageSilent, vaultSilent } from "../support/silent.ts";
import { anAppToWatch, aRecovery } from "../support/step-up.ts";
import { expectSuccess } from "../support/succeeded.ts";
import { aProviderToken } from "../support/tokens.ts";
import { anOwnerWithBackup, aRegisteredPhone, etagOf, expectRefused, problemIn, refused } from "./helpers.ts";
import { midway } from "./midway.ts";
import { named, ownerEndpoints, providerEndpoints, sampleOf } from "./requests.ts";
import { everythingOf } from "./stored.ts";

type Fault = "unreadable" | "silent" | "crowded";
const CHANGED = /^(owners|bodies|recoveries|credentials)\//;

/** A storage that can be broken at any time. */
function aBreakable() {
  const state: { fault: Fault | undefined } = { fault: undefined };
  const broken = <B extends StoredBlob>(container: string, blob: B | undefined): B | undefined => {
    if (state.fault === "silent") throw storageSilent();
    if (state.fault !== "unreadable" || container === "keys" || !blob) return blob;
    const content = Buffer.from(blob.content);
    content.writeUInt8(content.readUInt8(20) ^ 1, 20);
    return { ...blob, content };
  };
  const through = (blobs: Blobs, container: string): Blobs => ({
    ...blobs,
    read: async (name) => broken(container, await blobs.read(name)),
    readStart: async (name, bytes) => broken(container, await blobs.readStart(name, bytes)),
    async write(name, ...rest) {
      if (state.fault === "crowded" && CHANGED.test(name)) return undefined;
      return await blobs.write(name, ...rest);
    },
  });
  return { state, through };
}

/** A valid request of an owner, through an app whose storage can be broken. */
async function aRequest(endpoint: Endpoint) {
  const { state, through } = aBreakable();
  const app = anApp({ through, settings: { OWNER_AT_HAND: "off" } });
  const { owner, phone } = await anOwnerWithBackup({ app });
  const second = await aRegisteredPhone(owner, { app });
  const etag = etagOf(await phone.call("GET", "v1/backups/android"));
  const about = { platform: phone.platform, etag, device: second.deviceId };
  const { path, ...call } = sampleOf(endpoint, about);
  const ask = (broken?: Fault) => {
    state.fault = broken;
    return phone.call(endpoint.method, path, call);
  };
  return { owner, ask };
}

/** A request that would succeed, midway through a recovery if the endpoint needs one. */
async function aSuccess(endpoint: Endpoint) {
  const request = midway(endpoint.name);
  if (!request) return await aRequest(endpoint);
  const { state, through } = aBreakable();
  const scene = await aRecovery({ watched: anAppToWatch({ through }) });
  const { by, path, ...call } = await request(scene);
  const ask = (broken?: Fault) => {
    state.fault = broken;
    return by.call(endpoint.method, path, call);
  };
  return { owner: scene.owner, ask };
}

describe.concurrent.each(named(ownerEndpoints))("%s", (_, endpoint) => {
  it("R32 R39 503 while the storage doesn't answer, 409 for damaged content, and nothing is changed", async () => {
    const { owner, ask } = await aRequest(endpoint);
    const problem = await expectRefused(owner, "storage-unavailable", () => ask("silent"));
    expect(problem).toMatchObject({ retry: "as-is", retryAfterSeconds: 5 });
    if (endpoint.tolerates.includes("damage"))
      return expect([200, 202]).toContain((await ask("unreadable")).status);
    expect((await expectRefused(owner, "backup-unreadable", () => ask("unreadable"))).retry).toBe("never");
  });
});

/**
 * Plan, diagnosis and read by envelope send a body, and change nothing. Taking an erasure back only deletes
 * it.
 */
const READERS = ["plan-recovery", "diagnose-backup", "open-document", "erase-data", "keep-data"];
const writers = ownerEndpoints.filter(({ method, name }) => method !== "GET" && !READERS.includes(name));

describe.concurrent.each(named(writers))("%s", (_, endpoint) => {
  it("R32 503 busy while other writers always come first, and nothing is changed; repeated later it succeeds", async () => {
    expect(problemsOf(endpoint)).toContain("busy");
    const { owner, ask } = await aSuccess(endpoint);
    const before = await everythingOf(owner);
    const problem = problemIn(await ask("crowded"));
    expect(problem).toMatchObject({ type: "/api/problems/busy", retryAfterSeconds: 1 });
    const after = await everythingOf(owner);
    const changed = Object.keys({ ...before, ...after }).filter((name) => before[name] !== after[name]);
    expect(changed.filter((name) => CHANGED.test(name))).toEqual([]);
    expectSuccess(await ask());
  });
});

describe.concurrent.each(named(providerEndpoints))("%s", (_, endpoint) => {
  it("R32 503 while the storage doesn't answer, and says no more", async () => {
    const { state, through } = aBreakable();
    const app = anApp({ through });
    const token = await aProviderToken("contoso-sign-in", ...PROVIDER_ROLES);
    const { path, ...call } = sampleOf(endpoint, { platform: "android", etag: "", device: "" });
    const caller = await aPhone({ app });
    state.fault = "silent";
    const reply = await caller.call(endpoint.method, path, { ...call, token });
    const problem = refused(reply, "storage-unavailable");
    expect(problem).toMatchObject({ retry: "as-is", retryAfterSeconds: 5 });
  });
});

it("R32 R34 500 for a fault of ours says when to repeat, and nothing of the cause", async () => {
  const strange = () => Promise.reject(new TypeError("canary"));
  const app = anApp({ through: (blobs) => ({ ...blobs, read: strange, write: strange }), mayFail: true });
  const { api, issuer } = inject("surroundings");
  const phone = new Phone({ api, issuer, platform: "android", fetch: app.fetch });
  await phone.signIn(anOwner());
  const reply = await phone.call("GET", "v1/backups");
  expect(reply.headers.get("retry-after")).toBe("5");
  expect(problemIn(reply)).toMatchObject({ type: "/api/problems/unexpected", status: 500, retry: "as-is" });
  expect(JSON.stringify(reply.body)).not.toContain("canary");
});

it("R32 503 says when to retry while an identity provider does not answer", async () => {
  const silent = "http://127.0.0.1:9";
  const { settings } = inject("surroundings");
  const issuers = JSON.parse(settings["IDENTITY_ISSUERS"] ?? "[]");
  const more = JSON.stringify([...issuers, { ...issuers[0], issuer: silent }]);
  const app = anApp({ settings: { IDENTITY_ISSUERS: more } });
  const { owner, phone } = await anOwnerWithBackup({ app });
  await phone.signIn(owner, { claims: { iss: silent } });
  const problem = await expectRefused(owner, "identity-unavailable", () => phone.call("GET", "v1/backups"));
  expect(problem.retryAfterSeconds).toBeGreaterThan(0);
});

it("R34 R42 health reads the sweeps' progress, nothing of any owner, and writes nothing", async () => {
  const [read, written]: [string[], string[]] = [[], []];
  const counted = (names: string[]) => async (name: string) => {
    names.push(name);
    return undefined;
  };
  const app = anApp({
    through: (blobs) => ({ ...blobs, read: counted(read), write: counted(written) }),
    keys: (vault) => ({ ...vault, current: () => expect.fail("asked"), unwrap: () => expect.fail("asked") }),
  });
  expect((await (await aPhone({ app })).call("GET", "health")).status).toBe(200);
  expect(read.filter((name) => !name.startsWith("sweeps/"))).toEqual([]);
  expect(written).toEqual([]);
});

it("R37 503 for an upload if the key isn't pinned and the vault doesn't answer: nothing is stored", async () => {
  const current = () => Promise.reject(vaultSilent());
  const app = anApp({ keys: (vault) => ({ ...vault, current }) });
  const owner = anOwner();
  const phone = await aPhone({ owner, app });
  const put = { body: aBackup(), headers: nothingYet };
  await expectRefused(owner, "vault-unavailable", () => phone.call("PUT", "v1/backups/android", put));
});
