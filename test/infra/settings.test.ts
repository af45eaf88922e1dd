/** The template sets exactly the settings that the app reads, and the app starts with them. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { largestRequest } from "../../infra/local/app-settings.ts";
import { SMALL_INSTANCE } from "../../infra/tools/bench/memory.ts";
import { configFromEnvironment } from "../../lib/config/config.ts";
import { withEnvelope } from "../../lib/http/pipeline/handler.ts";
import { DEPLOYMENTS, type Deployment, ofType, resourcesOf, settingsOf } from "./snapshots.ts";

/** Read by the host, by its queue trigger or by its worker, not by the app. */
const HOST = [
  "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
  "APPLICATIONINSIGHTS_CONNECTION_STRING",
  "AzureWebJobsDisableHomepage",
  "AzureWebJobsStorage__accountName",
  "AzureWebJobsStorage__clientId",
  "AzureWebJobsStorage__credential",
  "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT",
  "OTEL_TRACES_SAMPLER",
  "OTEL_TRACES_SAMPLER_ARG",
  "QUEUE_STORAGE__clientId",
  "QUEUE_STORAGE__credential",
  "languageWorkers__node__arguments",
];
/** On loopback only. */
const LOCAL = ["QUEUE_STORAGE"];
/** Flex Consumption refuses these, or an app with managed identities must not have them. */
const FORBIDDEN = [
  "AzureWebJobsStorage",
  "ENABLE_ORYX_BUILD",
  "FUNCTIONS_EXTENSION_VERSION",
  "FUNCTIONS_WORKER_RUNTIME",
  "SCM_DO_BUILD_DURING_DEPLOYMENT",
  "WEBSITE_CONTENTSHARE",
  "WEBSITE_NODE_DEFAULT_VERSION",
  "WEBSITE_RUN_FROM_PACKAGE",
  "WEBSITE_VNET_ROUTE_ALL",
];

/** Every name that the schema asks the environment for. */
function namesThatTheAppReads(): string[] {
  const asked = new Set<string>();
  const environment = new Proxy<Record<string, string>>(
    {},
    {
      get: (_, name) => void asked.add(String(name)),
      has: (_, name) => {
        asked.add(String(name));
        return false;
      },
    },
  );
  expect(() => configFromEnvironment(environment)).toThrow();
  return [...asked].filter((name) => /^[A-Z]/.test(name)).toSorted();
}

const appSettings = (deployment: Deployment) =>
  Object.fromEntries(Object.entries(settingsOf(deployment)).filter(([name]) => !HOST.includes(name)));

describe("R42 settings of the template", () => {
  it("R42 are those that the app reads, name by name", () => {
    const everything = [...Object.keys(appSettings("longest")), ...LOCAL];
    expect(everything.toSorted()).toEqual(namesThatTheAppReads());
  });

  it.each(DEPLOYMENTS)("R42 are safe and complete: %s", (deployment) => {
    expect(() => configFromEnvironment(settingsOf(deployment))).not.toThrow();
  });

  it.each(Object.keys(appSettings("longest")))("R42 %s reaches the app", (name) => {
    const settings = settingsOf("longest");
    const { [name]: _, ...others } = settings;
    const without = () => JSON.stringify(configFromEnvironment(others), mapsToo);
    let config = "";
    try {
      config = without();
    } catch {
      return; // The app can't even start without it.
    }
    expect(config).not.toBe(JSON.stringify(configFromEnvironment(settings), mapsToo));
  });

  it.each(DEPLOYMENTS)("R42 nothing forbidden to the host: %s", (deployment) => {
    const settings = settingsOf(deployment);
    expect(Object.keys(settings).filter((name) => FORBIDDEN.includes(name))).toEqual([]);
    expect(Object.entries(settings).filter(([, value]) => value === "")).toEqual([]);
    expect(JSON.stringify(settings)).not.toMatch(/AccountKey=|SharedAccess|[?&]sig=|accesskey=/i);
  });

  it.each(["main", "test", "longest"] as const)(
    "R42 name the resources deployed with them: %s",
    (deployment) => {
      const resources = resourcesOf(deployment);
      const names = (type: string) => ofType(resources, type).map(({ name }) => name);
      const { storage, vault, queue, clientId } = configFromEnvironment(settingsOf(deployment));
      const accounts = names("Microsoft.Storage/storageAccounts");
      const urls = [storage.backups, storage.keys, queue].map((address) =>
        "url" in address ? address.url : "",
      );
      const [backups = "", keys = "", queues = ""] = urls.map((url) => new URL(url).hostname);
      for (const host of [backups, keys, queues]) expect(accounts).toContain(host.split(".")[0]);
      expect({ backups: backups.split(".")[1], queues: queues.split(".")[1] }).toEqual({
        backups: "blob",
        queues: "queue",
      });
      expect(queues.split(".")[0]).toBe(backups.split(".")[0]);
      expect(vault.keyIds.map((key) => `${new URL(key.vault).hostname.split(".")[0]}/${key.name}`)).toEqual(
        names("Microsoft.KeyVault/vaults/keys"),
      );
      const settings = settingsOf(deployment);
      expect(settings["AzureWebJobsStorage__clientId"]).toBe(clientId);
      expect(settings["QUEUE_STORAGE__clientId"]).toBe(clientId);
      expect(accounts).toContain(settings["AzureWebJobsStorage__accountName"]);
    },
  );

  it("R42 the host lets through requests that the app itself refuses with a reason", () => {
    for (const deployment of DEPLOYMENTS) {
      const settings = settingsOf(deployment);
      const { maxUploadBytes } = configFromEnvironment(settings);
      const limit = Number(settings["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"]);
      expect(limit - withEnvelope(maxUploadBytes)).toBeGreaterThan(1_000_000);
    }
  });

  it.each(DEPLOYMENTS)("R42 the local stack cuts off bodies where the template does: %s", (deployment) => {
    const settings = settingsOf(deployment);
    const limit = String(largestRequest(settings["MAX_UPLOAD_BYTES"]));
    expect(limit).toBe(settings["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"]);
  });

  it.each(DEPLOYMENTS)("R42 the host shows no page of its own at the root: %s", (deployment) => {
    expect(settingsOf(deployment)).toMatchObject({ AzureWebJobsDisableHomepage: "true" });
  });

  it.each(DEPLOYMENTS)("R42 sampling leaves out nothing that alerts count: %s", (deployment) => {
    expect(settingsOf(deployment)).toMatchObject({
      OTEL_TRACES_SAMPLER: "microsoft.fixed_percentage",
      OTEL_TRACES_SAMPLER_ARG: "1.0",
    });
  });

  it("R42 the host sends requests and the app's log lines by OpenTelemetry", () => {
    const host = JSON.parse(readFileSync(join(import.meta.dirname, "../../host.json"), "utf8"));
    expect(host).toHaveProperty("telemetryMode", "OpenTelemetry");
  });

  it("R42 the host sends the app's log lines: no setting says that the app does so itself", () => {
    const root = join(import.meta.dirname, "../..");
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const packages = Object.keys({ ...dependencies, ...devDependencies });
    expect(packages.filter((name) => /functions-opentelemetry|monitor-opentelemetry/.test(name))).toEqual([]);
    const files = globSync(["functions/**/*.ts", "lib/**/*.ts", "host.json"], { cwd: root });
    const telling = files.filter((file) =>
      readFileSync(join(root, file), "utf8").includes("WorkerOpenTelemetryEnabled"),
    );
    expect(telling).toEqual([]);
  });

  it("R42 small instances run Node with flags that save memory, others with the local stack's flags", () => {
    const flags = "languageWorkers__node__arguments";
    // The benchmark uses the same flags.
    expect(settingsOf("test")[flags]).toBe(SMALL_INSTANCE.join(" "));
    expect(settingsOf("main")[flags]).toBe(inject("surroundings").settings[flags]);
  });

  it("R42 every queue with a function exists, and so does its poison queue", () => {
    const entry = readFileSync(join(import.meta.dirname, "../../functions/index.ts"), "utf8");
    const awaited = [...entry.matchAll(/queueName: "([\w-]+)"/g)].map(([, name = ""]) => name);
    expect(awaited).toContain("messages");
    const queues = ofType(resourcesOf("main"), "Microsoft.Storage/storageAccounts/queueServices/queues");
    const names = queues.map(({ name }) => name.split("/").at(-1));
    for (const name of awaited) expect(names).toEqual(expect.arrayContaining([name, `${name}-poison`]));
  });
});

const mapsToo = (_: string, value: unknown) => (value instanceof Map ? [...value] : value);
