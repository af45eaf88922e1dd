/** The package alone runs the main job: copied away from everything else, under settings as a deployment has them. */
import { cp, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import * as z from "zod";
import { type HostProcess, startHost } from "../../infra/local/host-process.ts";
import { makePackage } from "../../infra/local/package/make-package.ts";
import { Phone } from "../../infra/local/phone.ts";
import { aBackup, nothingYet, replacing } from "../support/builders.ts";
import { anOwner } from "../support/phones.ts";

const Recovered = z.object({ accounts: z.array(z.object({ outcome: z.string(), account: z.unknown() })) });
/** Other tests wait for their messages: this host, which ends early, leaves the queue to the stack's. */
const withoutQueue = { "AzureWebJobs.deliver-messages.Disabled": "true" };

let host: HostProcess;
const log: string[] = [];

beforeAll(async () => {
  const { folder } = await makePackage(resolve("."), await mkdtemp(join(tmpdir(), "package-")));
  const appFolder = await mkdtemp(join(tmpdir(), "deployed-"));
  await cp(folder, appFolder, { recursive: true });
  const settings = { ...inject("surroundings").settings, ...withoutQueue };
  host = await startHost({ appFolder, port: 0, settings, log: (line) => log.push(line) });
});

afterAll(() => host.close());

/** A phone that knows the service by its public address and reaches this host of it. */
async function aPhone(owner: string): Promise<Phone> {
  const { api, issuer } = inject("surroundings");
  const phone = new Phone({ api, issuer, platform: "android" });
  phone.instance = `${host.url}/api`;
  await phone.signIn(owner);
  return phone;
}

describe("R42 the package, away from its repository", () => {
  it("R42 uploads, tells staleness and recovers", async () => {
    const owner = anOwner();
    const phone = await aPhone(owner);
    const document = aBackup();
    const created = await phone.call("PUT", "v1/backups/android", { body: document, headers: nothingYet });
    expect(created).toMatchObject({ status: 201 });
    const headers = replacing(created);
    expect(await phone.call("PUT", "v1/backups/android", { body: document, headers })).toMatchObject({
      status: 200,
    });
    const staleness = await phone.call("GET", "v1/backups/android/staleness");
    expect(staleness).toMatchObject({ status: 200, body: { state: "fresh", generation: 2 } });

    const body = { platform: "android", device: { name: "canary-new-phone" }, existingAccounts: [] };
    const recovery = await (await aPhone(owner)).call("POST", "v1/recoveries", { body });
    expect(recovery.status).toBe(200);
    const { accounts } = Recovered.parse(recovery.body);
    expect(accounts.map(({ outcome }) => outcome)).toEqual(["restore", "step-up", "step-up"]);
    expect(accounts[0]?.account).toEqual(document.accounts[0]);
  });

  it("R42 applies its own host.json, and refuses strangers", async () => {
    const health = await fetch(`${host.url}/api/health`);
    expect(health).toMatchObject({ status: 200 });
    expect(health.headers.get("strict-transport-security")).toMatch(/^max-age=\d{8,}/);
    const { status, headers } = await fetch(`${host.url}/api/v1/backups`);
    expect([status, headers.get("cache-control")]).toEqual([401, "no-store"]);
  });

  it("R34 prints nothing of what passed through it", () => {
    expect(log.length).toBeGreaterThan(0);
    expect(log.filter((line) => /canary|CANARY/.test(line))).toEqual([]);
  });
});
