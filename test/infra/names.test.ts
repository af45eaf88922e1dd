/** Names stay within Azure's limits, whatever the parameters. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DEPLOYMENTS, INFRA, lastOf, ofType, onlyOf, resourcesOf } from "./snapshots.ts";

/** For the last part of the name (learn.microsoft.com, naming rules and restrictions for Azure resources). */
const LIMITS: Record<string, RegExp> = {
  "Microsoft.Authorization/locks": /^[\w.()-]{1,90}$/,
  "Microsoft.Authorization/roleAssignments": /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  "Microsoft.Communication/communicationServices": /^[A-Za-z0-9-]{1,63}$/,
  "Microsoft.Communication/emailServices": /^[A-Za-z0-9-]{1,63}$/,
  "Microsoft.Communication/emailServices/domains": /^[A-Za-z0-9.-]{1,253}$/,
  "Microsoft.Communication/emailServices/domains/senderUsernames": /^[A-Za-z0-9._-]{1,253}$/,
  "Microsoft.Consumption/budgets": /^[\w-]{1,63}$/,
  "Microsoft.Insights/actionGroups": /^[^/&%?\\]{1,260}$/,
  "Microsoft.Insights/components": /^[^%&\\?/]{1,260}$/,
  "Microsoft.Insights/diagnosticSettings": /^[\w-]{1,260}$/,
  "Microsoft.Insights/metricAlerts": /^[^*#&+:<>?@%{}\\/]{1,260}$/,
  "Microsoft.Insights/scheduledQueryRules": /^[^*<>%{}&:\\?/#]{1,260}$/,
  "Microsoft.Insights/webtests": /^[\w.-]{1,260}$/,
  "Microsoft.KeyVault/vaults": /^[a-z](?!.*--)[a-z0-9-]{1,22}[a-z0-9]$/,
  "Microsoft.KeyVault/vaults/keys": /^[A-Za-z0-9-]{1,127}$/,
  "Microsoft.ManagedIdentity/userAssignedIdentities": /^[A-Za-z0-9][\w-]{2,127}$/,
  "Microsoft.Network/privateDnsZones": /^[a-z0-9.-]{1,63}$/,
  "Microsoft.Network/privateDnsZones/virtualNetworkLinks": /^[A-Za-z0-9][\w.-]{0,79}$/,
  "Microsoft.Network/privateEndpoints": /^[A-Za-z0-9][\w.-]{0,61}\w$/,
  "Microsoft.Network/privateEndpoints/privateDnsZoneGroups": /^[\w.-]{1,80}$/,
  "Microsoft.Network/virtualNetworks": /^[A-Za-z0-9][\w.-]{0,61}\w$/,
  "Microsoft.OperationalInsights/workspaces": /^[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]$/,
  "Microsoft.Storage/storageAccounts": /^[a-z0-9]{3,24}$/,
  "Microsoft.Storage/storageAccounts/blobServices": /^default$/,
  "Microsoft.Storage/storageAccounts/blobServices/containers": /^[a-z0-9](?!.*--)[a-z0-9-]{2,62}$/,
  "Microsoft.Storage/storageAccounts/managementPolicies": /^default$/,
  "Microsoft.Storage/storageAccounts/queueServices": /^default$/,
  "Microsoft.Storage/storageAccounts/queueServices/queues": /^[a-z0-9](?!.*--)[a-z0-9-]{2,62}$/,
  "Microsoft.Web/serverfarms": /^[A-Za-z0-9-]{1,60}$/,
  // Two apps whose first 32 characters are alike would share their leases.
  "Microsoft.Web/sites": /^[a-z][a-z0-9-]{0,30}[a-z0-9]$/,
  "Microsoft.Web/sites/basicPublishingCredentialsPolicies": /^(ftp|scm)$/,
  "Microsoft.Web/sites/config": /^appsettings$/,
};

describe("R42 names", () => {
  it.each(DEPLOYMENTS)("R42 are valid in Azure: %s", (deployment) => {
    for (const { type, name } of resourcesOf(deployment)) {
      expect(LIMITS, type).toHaveProperty([type]);
      expect(lastOf(name)).toMatch(LIMITS[type] ?? /^$/);
    }
  });

  it.each(DEPLOYMENTS)("R42 belong to one resource each: %s", (deployment) => {
    const ids = resourcesOf(deployment).map(({ id }) => id.toLowerCase());
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("R42 are tested with the longest values of the parameters", () => {
    const template = readFileSync(join(INFRA, "main.bicep"), "utf8");
    const parameters = readFileSync(join(INFRA, "longest.bicepparam"), "utf8");
    const [, longest] = /@maxLength\((\d+)\)\nparam name string/.exec(template) ?? [];
    const [, name = ""] = /^param name = '(\w+)'/m.exec(parameters) ?? [];
    expect(name).toHaveLength(Number(longest));
    const [, most] = /@maxValue\((\d+)\)\nparam vaultCount int/.exec(template) ?? [];
    expect(ofType(resourcesOf("longest"), "Microsoft.KeyVault/vaults")).toHaveLength(Number(most));
    expect(readFileSync(join(INFRA, "standby.bicep"), "utf8")).toContain(
      `@maxLength(${longest})\nparam name string`,
    );
  });

  it("R42 the standby's parameters are outputs of the first deployment, under the same names", () => {
    const [main, standby] = ["main.bicep", "standby.bicep"].map((file) =>
      readFileSync(join(INFRA, file), "utf8"),
    );
    const names = (text: string | undefined, pattern: RegExp) =>
      [...(text ?? "").matchAll(pattern)].map(([, name]) => name);
    const asked = names(standby, /^param (\w+) [^=\n]+$/gm);
    const said = [...names(main, /^output (\w+) /gm), ...names(main, /^param (\w+) /gm)];
    expect(asked).toContain("firstPrincipalId");
    expect(said).toEqual(expect.arrayContaining(asked));
  });

  it("R42 the short name of the action group fits", () => {
    const { properties } = onlyOf(resourcesOf("main"), "Microsoft.Insights/actionGroups");
    expect(String(properties["groupShortName"]).length).toBeLessThanOrEqual(12);
  });
});
