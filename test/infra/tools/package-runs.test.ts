/** The package alone, copied elsewhere, runs the main job under the template's settings. */
/** Only addresses in the settings are replaced. */
import { cp, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import * as z from "zod";
import { startCollector } from "../../../infra/local/collector/start-collector.ts";
import { type HostProcess, startHost } from "../../../infra/local/host-process.ts";
import type { LoopbackServer } from "../../../infra/local/loopback-server.ts";
import { Phone } from "../../../infra/local/phone.ts";
import { makePackage } from "../../../infra/tools/package/make-package.ts";
import { configFromEnvironment } from "../../../lib/config/config.ts";
import { aBackup, nothingYet, replacing } from "../../support/builders.ts";
import { anOwner } from "../../support/phones.ts";
import { type Deployment, settingsOf } from "../snapshots.ts";

const Recovered = z.object({ accounts: z.array(z.object({ outcome: z.string(), account: z.unknown() })) });
const Keys = z.object({ keys: z.tuple([z.object({ kid: z.string(), n: z.string() })]) });

/** No queue functions: this host ends early, and would take other tests' messages and sweeps. */
const httpOnly = Object.fromEntries(
  ["deliver-messages", "sweep-page", "start-sweeps"].map((name) => [`AzureWebJobs.${name}.Disabled`, "true"]),
);
/** Set by the platform, not by the template. */
const OF_THE_PLATFORM = ["IDENTITY_ENDPOINT", "IDENTITY_HEADER"];
/** Azurite takes no token without TLS: these three settings in Azure, a connection string here. */
const QUEUE_IN_AZURE = ["clientId", "credential", "queueServiceUri"].map((name) => `QUEUE_STORAGE__${name}`);
const QUEUE_HERE = "QUEUE_STORAGE";

/** The template's names and their local stand-ins: longest first, since some begin alike. */
function standInsFor(template: Record<string, string>, collector: string): [string, string][] {
  const { issuer, settings } = inject("surroundings");
  const [{ kid, n }] = Keys.parse(JSON.parse(settings["PINNED_PUBLIC_KEYS"] ?? "")).keys;
  const { publicBaseUrl, issuers, vault, clientId, metrics, storage, senders } =
    configFromEnvironment(template);
  const named = (value: unknown, here: string | undefined): [string, string][] =>
    typeof value === "string" ? [[value, here ?? expect.fail(`nothing stands in for ${value}`)]] : [];
  return [
    ...named(publicBaseUrl, settings["PUBLIC_BASE_URL"]),
    ...issuers.flatMap((each) => named(each.issuer, issuer)),
    ...vault.keyIds.flatMap(({ id }) => named(id, kid)),
    ...vault.pinned.flatMap((pinned) => [...named(pinned.kid, kid), ...named(pinned.n, n)]),
    ...named(clientId, "app"),
    ...named(metrics.endpoint, collector),
    ...named(Object(storage.backups).url, settings["BACKUPS_STORAGE"]),
    ...named(Object(storage.keys).url, settings["KEYS_STORAGE"]),
    ...named(Object(senders.service).url, settings["COMMUNICATION_SERVICE"]),
  ].toSorted(([a], [b]) => b.length - a.length);
}

function settingsHere(template: Record<string, string>, collector: string): Record<string, string> {
  const { settings } = inject("surroundings");
  const standIns = standInsFor(template, collector);
  const moved = Object.entries(template).filter(([name]) => !QUEUE_IN_AZURE.includes(name));
  const values = moved.map(([name, value]) => [
    name,
    standIns.reduce((text, [there, here]) => text.replaceAll(there, () => here), value),
  ]);
  const added = [...OF_THE_PLATFORM, QUEUE_HERE].map((name) => [name, settings[name] ?? ""]);
  return { ...Object.fromEntries([...values, ...added]), ...httpOnly };
}

/** The app's settings without addresses and keys. */
function withoutAddresses(settings: Record<string, string>) {
  const config = configFromEnvironment(settings);
  const { issuers, providers, vault, senders, metrics } = config;
  return {
    ...config,
    publicBaseUrl: "",
    clientId: "",
    storage: "",
    queue: "",
    issuers: issuers.map((each) => ({ ...each, issuer: "" })),
    providers: providers.map(({ accounts }) => accounts.map(({ tenants }) => tenants)),
    vault: { keys: vault.keyIds.length, pinned: vault.pinned.length, refreshSeconds: vault.refreshSeconds },
    senders: { ...senders, service: "" },
    metrics: { ...metrics, endpoint: "" },
  };
}

let appFolder: string;
let collector: LoopbackServer;

beforeAll(async () => {
  const { folder } = await makePackage(resolve("."), await mkdtemp(join(tmpdir(), "package-")));
  appFolder = await mkdtemp(join(tmpdir(), "deployed-"));
  await cp(folder, appFolder, { recursive: true });
  collector = await startCollector({ port: 0 });
});

afterAll(() => collector.close());

describe.each(["main", "longest"] satisfies Deployment[])(
  "R42 the package, away from its repository: %s",
  (deployment) => {
    const template = settingsOf(deployment);
    const appVersion = `android/${configFromEnvironment(template).minimumAppVersion.android}`;
    const log: string[] = [];
    let settings: Record<string, string>;
    let host: HostProcess;

    beforeAll(async () => {
      settings = settingsHere(template, collector.url);
      host = await startHost({ appFolder, port: 0, settings, log: (line) => log.push(line) });
    });

    afterAll(() => host.close());

    /** A phone that knows the service by its public address and reaches this host. */
    async function aPhone(owner: string): Promise<Phone> {
      const { api, issuer } = inject("surroundings");
      const phone = new Phone({ api, issuer, platform: "android" });
      phone.instance = `${host.url}/api`;
      await phone.signIn(owner);
      return phone;
    }

    it("R42 runs under the template's settings by name, with only addresses changed", () => {
      const expected = Object.keys(template).filter((name) => !QUEUE_IN_AZURE.includes(name));
      expect(Object.keys(settings).toSorted()).toEqual(
        [...expected, ...OF_THE_PLATFORM, QUEUE_HERE, ...Object.keys(httpOnly)].toSorted(),
      );
      const [here, there] = [settings, template].map(withoutAddresses);
      expect(here).toEqual(there);
    });

    it("R42 uploads, gives staleness and recovers", async () => {
      const owner = anOwner();
      const phone = await aPhone(owner);
      const document = aBackup();
      const version = { "app-version": appVersion };
      const created = await phone.call("PUT", "v1/backups/android", {
        body: document,
        headers: { ...nothingYet, ...version },
      });
      expect(created).toMatchObject({ status: 201 });
      const headers = { ...replacing(created), ...version };
      expect(await phone.call("PUT", "v1/backups/android", { body: document, headers })).toMatchObject({
        status: 200,
      });
      const staleness = await phone.call("GET", "v1/backups/android/staleness", { headers: version });
      expect(staleness).toMatchObject({ status: 200, body: { state: "fresh", generation: 2 } });

      const body = { platform: "android", device: { name: "canary-new-phone" }, existingAccounts: [] };
      const newPhone = await aPhone(owner);
      const recovery = await newPhone.call("POST", "v1/recoveries", { body, headers: version });
      expect(recovery.status).toBe(200);
      const { accounts } = Recovered.parse(recovery.body);
      expect(accounts.map(({ outcome }) => outcome)).toEqual(["restore", "step-up", "step-up"]);
      expect(accounts[0]?.account).toEqual(document.accounts[0]);
    });

    it("R4 R42 refuses an app that is older than the template's options allow", async () => {
      const phone = await aPhone(anOwner());
      const headers = { "app-version": "android/6.5.9" };
      expect(await phone.call("GET", "v1/backups", { headers })).toMatchObject({ status: 426 });
    });

    it("R42 applies its own host.json, and refuses strangers", async () => {
      const health = await fetch(`${host.url}/api/health`);
      expect(health).toMatchObject({ status: 200 });
      expect(health.headers.get("strict-transport-security")).toMatch(/^max-age=\d{8,}/);
      const { status, headers } = await fetch(`${host.url}/api/v1/backups`);
      expect({ status, keeping: headers.get("cache-control") }).toEqual({ status: 401, keeping: "no-store" });
    });

    it("R34 prints nothing of the data that passed through it", () => {
      expect(log.length).toBeGreaterThan(0);
      expect(log.filter((line) => /canary|CANARY/.test(line))).toEqual([]);
    });
  },
);
