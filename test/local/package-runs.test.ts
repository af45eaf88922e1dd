/** The package alone runs the main job: copied away from everything else, under the settings of the template. */
import { cp, mkdtemp, readFile } from "node:fs/promises";
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
const Snapshot = z.object({
  predictedResources: z.array(
    z.object({ id: z.string(), properties: z.record(z.string(), z.unknown()).optional() }),
  ),
});

/** Other tests wait for their messages and sweeps: this host, which ends early, leaves those to the stack's. */
const httpOnly = Object.fromEntries(
  ["deliver-messages", "sweep-page", "start-sweeps"].map((name) => [`AzureWebJobs.${name}.Disabled`, "true"]),
);

/** What the template computes from Azure's own resources and the app, here, doesn't read. */
const ofAzureAlone = /^(AzureWebJobsStorage|APPLICATIONINSIGHTS|QUEUE_STORAGE__)/;

/** The template's settings by its snapshot; in the place of each address, the stand-in's. */
async function templateSettings(): Promise<Record<string, string>> {
  const { predictedResources } = Snapshot.parse(
    JSON.parse(await readFile("infra/main.snapshot.json", "utf8")),
  );
  const template = predictedResources.find(({ id }) => id.endsWith("/config/appsettings"))?.properties ?? {};
  const standIns = { ...inject("surroundings").settings, AZURE_CLIENT_ID: "app" };
  const own = Object.entries(z.record(z.string(), z.string()).parse(template)).filter(([name, value]) => {
    const isComputed = value.startsWith("[") && !value.startsWith("[{") && value !== "[]";
    return !isComputed && !ofAzureAlone.test(name);
  });
  const covered = Object.keys(template).filter((name) => !ofAzureAlone.test(name));
  expect([...own.map(([name]) => name), ...Object.keys(standIns)]).toEqual(expect.arrayContaining(covered));
  return { ...Object.fromEntries(own), ...standIns, ...httpOnly };
}

let host: HostProcess;
const log: string[] = [];

beforeAll(async () => {
  const { folder } = await makePackage(resolve("."), await mkdtemp(join(tmpdir(), "package-")));
  const appFolder = await mkdtemp(join(tmpdir(), "deployed-"));
  await cp(folder, appFolder, { recursive: true });
  const settings = await templateSettings();
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
