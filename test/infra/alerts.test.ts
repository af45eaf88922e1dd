/** Every alert watches something that exists: an endpoint, a log line's member, a column, a metric. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { InvocationContext } from "@azure/functions";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { endpoints } from "../../functions/endpoints.ts";
import { configFromEnvironment } from "../../lib/config/config.ts";
import { mostKept } from "../../lib/domain/backup/history.ts";
import { Platform } from "../../lib/domain/owner.ts";
import { SWEEPS } from "../../lib/domain/sweeps/sweep.ts";
import { logInvocation, logRequest } from "../../lib/http/pipeline/log.ts";
import { type Deployment, ofType, onlyOf, type Resource, resourcesOf, settingsOf } from "./snapshots.ts";

/** The columns that queries may use, by table (learn.microsoft.com, Azure Monitor tables). */
const COLUMNS: Record<string, string[]> = {
  AppRequests: ["TimeGenerated", "Name", "ResultCode", "ItemCount", "AppRoleInstance"],
  AppTraces: ["TimeGenerated", "Message", "ItemCount", "AppRoleInstance"],
  AZKVAuditLogs: ["TimeGenerated", "OperationName", "HttpStatusCode", "Identity", "CallerIpAddress"],
  StorageBlobLogs: ["TimeGenerated", "OperationName", "AccountName", "StatusCode", "RequesterObjectId"],
};
/** Metrics by namespace (learn.microsoft.com, supported metrics). */
const METRICS: Record<string, string[]> = {
  "Microsoft.KeyVault/vaults": [
    "Availability",
    "SaturationShoebox",
    "ServiceApiHit",
    "ServiceApiLatency",
    "ServiceApiResult",
  ],
};
/** The intervals and query ranges that Azure allows. */
const EVERY = "PT1M PT5M PT10M PT15M PT30M PT45M PT1H PT2H PT3H PT4H PT5H PT6H P1D".split(" ");
const SPANS = [...EVERY, "P2D"];

const LogAlert = z.object({
  displayName: z.string(),
  description: z.string().min(1),
  severity: z.int().min(0).max(4),
  enabled: z.boolean(),
  evaluationFrequency: z.enum(EVERY),
  windowSize: z.enum(SPANS),
  overrideQueryTimeRange: z.enum(SPANS),
  criteria: z.object({
    allOf: z.tuple([z.object({ query: z.string(), metricMeasureColumn: z.string(), threshold: z.number() })]),
  }),
  actions: z.object({ actionGroups: z.array(z.string()).nonempty() }),
});
const MetricAlert = z.object({
  criteria: z.object({
    allOf: z.tuple([z.looseObject({ metricNamespace: z.string(), metricName: z.string() })]).optional(),
  }),
  actions: z.array(z.object({ actionGroupId: z.string() })).nonempty(),
});

const resources = resourcesOf("main");
const logAlertsOf = (deployment: Deployment) =>
  ofType(resourcesOf(deployment), "Microsoft.Insights/scheduledQueryRules").map(({ properties }) => {
    const { criteria, ...alert } = LogAlert.parse(properties);
    const [{ query, metricMeasureColumn }] = criteria.allOf;
    return { ...alert, measure: metricMeasureColumn, query: query.replaceAll(/^\s*\/\/.*$/gm, "") };
  });
const logAlerts = logAlertsOf("main");
const queryOf = (deployment: Deployment, name: string) =>
  logAlertsOf(deployment).find(({ displayName }) => displayName === name)?.query ?? expect.fail(`no ${name}`);

/** The principal of the deployment's own app in the snapshots. */
const OWN = "22222222-2222-4222-8222-222222222222";
const isAvailability = ({ properties }: Resource) => JSON.stringify(properties).includes("WebtestLocation");
const metricAlerts = ofType(resources, "Microsoft.Insights/metricAlerts");

/** The texts that a member of a line is compared to. */
const texts = (query: string, member: string) =>
  [...query.matchAll(new RegExp(`line\\.${member} (?:==|in) ('[^']*'|\\([^)]*\\))`, "g"))].flatMap(
    ([, list = ""]) => [...list.matchAll(/'([^']*)'/g)].map(([, text = ""]) => text),
  );

/** The lines that the app logs during `work`. */
async function linesOf(work: (context: InvocationContext) => Promise<unknown>) {
  const lines: Record<string, unknown>[] = [];
  const logHandler = (_: string, text: unknown) => void lines.push(JSON.parse(String(text)));
  await work(new InvocationContext({ functionName: "any", logHandler }));
  return lines;
}

async function membersOfLines(): Promise<string[]> {
  const lines = await linesOf(async (context) => {
    logRequest(context, {
      endpoint: "any",
      status: 500,
      error: new Error("any"),
      startedAt: 0,
      reopened: true,
    });
    await logInvocation(context, "any", async () => ({ outcome: "done" }));
    await expect(logInvocation(context, "any", () => Promise.reject(new Error("any")))).rejects.toThrow();
  });
  return lines.flatMap((line) => Object.keys(line));
}

const sources = globSync("functions/**/*.ts", { cwd: join(import.meta.dirname, "../..") })
  .map((file) => readFileSync(join(import.meta.dirname, "../..", file), "utf8"))
  .join("\n");
const registered = (trigger: string) =>
  [...sources.matchAll(new RegExp(`app\\.${trigger}\\(\\s*"([\\w-]+)"`, "g"))].map(([, name = ""]) => name);

describe("R42 alerts", () => {
  it("R42 cover everything that an operator must know", () => {
    expect(logAlerts.map(({ displayName }) => displayName).toSorted()).toEqual([
      "failed-work",
      "server-errors",
      "strangers-at-keys",
      "sweep-absent",
      "sweep-unfinished",
      "unexplained-unwraps",
    ]);
    const metrics = metricAlerts.map(({ name }) => name.split("-").slice(0, 2).join("-"));
    expect(metrics).toEqual(expect.arrayContaining(["vault-throttled", "vault-saturated"]));
    expect(metricAlerts.filter(isAvailability)).toHaveLength(1);
  });

  it.each(logAlerts)(
    "R42 $displayName reads existing columns, and measures one that it makes",
    ({ query, measure }) => {
      const tables = Object.keys(COLUMNS).filter((table) => query.includes(table));
      expect(tables).not.toEqual([]);
      const made = [...query.matchAll(/\b([A-Z]\w+) = /g)].map(([, name = ""]) => name);
      const known = new Set([...tables, ...tables.flatMap((table) => COLUMNS[table] ?? []), ...made]);
      const used = query.replaceAll(/'[^'\n]*'/g, "").matchAll(/\b[A-Z]\w+\b/g);
      for (const [name] of used) expect(known).toContain(name);
      expect(made).toContain(measure);
    },
  );

  it.each(logAlerts)("R42 $displayName reads members of log lines that the app writes", async ({ query }) => {
    const members = await membersOfLines();
    for (const [, member] of query.matchAll(/\bline\.(\w+)/g)) expect(members).toContain(member);
    if (query.includes("AppTraces")) expect(query).toContain(`startswith '{"requestId"'`);
  });

  it("R42 name only endpoints and functions that exist", () => {
    const names = endpoints.map(({ name }) => name);
    const asked = logAlerts.flatMap(({ query }) => texts(query, "endpoint"));
    expect(asked).toEqual(expect.arrayContaining(["recover-accounts", "plan-recovery"]));
    for (const name of asked) expect(names).toContain(name);
    const functions = [...registered("storageQueue"), ...registered("timer")];
    for (const name of logAlerts.flatMap(({ query }) => texts(query, "function")))
      expect(functions).toContain(name);
    expect(logAlerts.filter(({ enabled }) => !enabled)).toEqual([]);
  });

  it("R29 R42 the absence of the daily timer is noticed within 26 hours", () => {
    const alert = logAlerts.find(({ displayName }) => displayName === "sweep-absent");
    expect(texts(alert?.query ?? "", "function")).toEqual(registered("timer"));
    expect(alert?.overrideQueryTimeRange).toBe("P2D");
    expect(alert?.query).toContain("ago(26h)");
  });

  it("R29 R42 an unfinished sweep is noticed: the query waits for all of them, by the last page's log line", () => {
    const query = queryOf("main", "sweep-unfinished");
    expect(texts(query, "function")).toEqual([...registered("timer"), "sweep-page"]);
    expect(query).toContain(`Unfinished = ${SWEEPS.length} - Finished`);
    expect(query).toContain("endswith ' finished'");
    expect(query).toContain("isnotnull(begun)");
  });

  it("R29 R38 R42 keys that the sweep wraps anew are counted as its log line says", () => {
    const query = queryOf("main", "unexplained-unwraps");
    const [, pattern = ""] = /extract\('([^']*)'/.exec(query) ?? [];
    const outcome = new RegExp(pattern.replaceAll("\\\\", "\\"));
    const unwrapping = SWEEPS.filter((name) => outcome.test(`${name} 17 done`));
    expect(unwrapping).toEqual(["rewrap", "shard-keys"]);
    for (const name of unwrapping) expect(outcome.exec(`${name} 17 failed 1 done`)?.[2]).toBe("17");
  });

  it("R36 R42 an export explains all stored versions, a refused request none", () => {
    for (const deployment of ["main", "longest", "standby"] as const) {
      const query = queryOf(deployment, "unexplained-unwraps");
      const { historyLength } = configFromEnvironment(settingsOf(deployment));
      expect(query).toContain(
        `line.endpoint == 'export-data', ${Platform.options.length * mostKept(historyLength)},`,
      );
      expect(query).toContain("tobool(line.reopened), 1,");
      expect(query).toContain("in ('read-document', 'open-document') and toint(line.status) != 304, 1,");
      expect(query).toContain("toint(line.status) < 400 or toint(line.status) == 409");
      expect(query).toContain(`Who == '${OWN}'`);
    }
  });

  it.each(logAlerts)(
    "R42 $displayName looks further back than its last run: lines arrive late",
    ({ evaluationFrequency, overrideQueryTimeRange }) => {
      expect(SPANS.indexOf(overrideQueryTimeRange)).toBeGreaterThan(SPANS.indexOf(evaluationFrequency));
    },
  );

  it("R36 R42 only the app may use the keys without an alert", () => {
    const query = queryOf("main", "strangers-at-keys");
    expect(query).toContain(`Who !in ('${OWN}')`);
    expect(query).toContain(
      `AccountName == '${new URL(settingsOf("main")["KEYS_STORAGE"] ?? "").hostname.split(".")[0]}'`,
    );
    expect(queryOf("longest", "strangers-at-keys")).toContain(
      `Who !in ('${OWN}', '00000000-0000-0000-0000-000000000003')`,
    );
  });

  it.each(metricAlerts.filter((alert) => !isAvailability(alert)))(
    "R42 $name looks at a metric that exists",
    ({ properties }) => {
      const [criterion] = MetricAlert.parse(properties).criteria.allOf ?? expect.fail("no criterion");
      expect(METRICS[criterion.metricNamespace]).toContain(criterion.metricName);
    },
  );

  it("R42 every vault is watched", () => {
    const vaults = ofType(resourcesOf("longest"), "Microsoft.KeyVault/vaults");
    const watched = ofType(resourcesOf("longest"), "Microsoft.Insights/metricAlerts").map(({ name }) => name);
    for (const { name } of vaults)
      expect(watched).toEqual(expect.arrayContaining([`vault-throttled-${name}`, `vault-saturated-${name}`]));
  });

  it("R42 the availability test asks for the app's health", () => {
    const test = onlyOf(resources, "Microsoft.Insights/webtests");
    const health = endpoints.find(({ name }) => name === "get-health") ?? expect.fail("no health");
    const url = `${settingsOf("main")["PUBLIC_BASE_URL"]}/${health.route}`;
    expect(test.properties).toMatchObject({
      Enabled: true,
      Request: { RequestUrl: url, HttpVerb: health.method },
    });
  });

  it("R42 the standby is watched like the first, by its own log and at its own address", () => {
    const standby = resourcesOf("standby");
    const names = (alerts: { displayName: string }[]) => alerts.map(({ displayName }) => displayName);
    expect(names(logAlertsOf("standby"))).toEqual(names(logAlerts));
    expect(queryOf("standby", "strangers-at-keys")).toContain(
      `Who !in ('${OWN}', '00000000-0000-0000-0000-000000000004')`,
    );
    const { name } = onlyOf(standby, "Microsoft.Web/sites");
    expect(onlyOf(standby, "Microsoft.Insights/webtests").properties).toMatchObject({
      Request: { RequestUrl: `https://${name}.azurewebsites.net/api/health` },
    });
    const { id: workspaceId } = onlyOf(standby, "Microsoft.OperationalInsights/workspaces");
    const audits = ofType(standby, "Microsoft.Insights/diagnosticSettings");
    expect(audits).toHaveLength(ofType(resources, "Microsoft.Insights/diagnosticSettings").length);
    for (const audit of audits)
      expect(audit).toMatchObject({ name: "audit-standby", properties: { workspaceId } });
    const watched = ofType(standby, "Microsoft.Insights/metricAlerts").map(({ name }) => name);
    for (const { name } of ofType(resources, "Microsoft.KeyVault/vaults"))
      expect(watched).toEqual(expect.arrayContaining([`vault-throttled-${name}`, `vault-saturated-${name}`]));
  });

  it("R42 all reach somebody, and so does the budget", () => {
    const group = onlyOf(resources, "Microsoft.Insights/actionGroups");
    for (const { actions } of logAlerts) expect(actions.actionGroups).toEqual([group.id]);
    for (const { properties } of metricAlerts)
      expect(MetricAlert.parse(properties).actions).toEqual([{ actionGroupId: group.id }]);
    const email = "operations@authenticator.example";
    expect(JSON.stringify(group.properties)).toContain(email);
    expect(JSON.stringify(onlyOf(resources, "Microsoft.Consumption/budgets").properties)).toContain(email);
  });
});
