/** The security switches, in every deployment. */
import { describe, expect, it } from "vitest";
import {
  DEPLOYMENTS,
  type Deployment,
  lastOf,
  ofType,
  onlyOf,
  purposeOf,
  type Resource,
  resourcesOf,
  textOf,
} from "./snapshots.ts";

const FULL = ["main", "test", "longest"] as const;
const ACCOUNT = "Microsoft.Storage/storageAccounts";

const all = (deployment: Deployment, type: string) => ofType(resourcesOf(deployment), type);
const purposeOfService = ({ name }: Resource) => purposeOf(name.split("/")[0] ?? "");
const service = (deployment: Deployment, purpose: string) =>
  all(deployment, `${ACCOUNT}/blobServices`).find((each) => purposeOfService(each) === purpose)?.properties;

describe.each(DEPLOYMENTS)("R42 storage: %s", (deployment) => {
  it("R42 no shared key, no public blob, TLS 1.2, no local user", () => {
    const accounts = all(deployment, ACCOUNT);
    expect(accounts.length).toBeGreaterThan(0);
    for (const { properties } of accounts) {
      expect(properties).toMatchObject({
        allowSharedKeyAccess: false,
        allowBlobPublicAccess: false,
        allowCrossTenantReplication: false,
        defaultToOAuthAuthentication: true,
        isLocalUserEnabled: false,
        minimumTlsVersion: "TLS1_2",
        supportsHttpsTrafficOnly: true,
      });
    }
    for (const { properties } of all(deployment, `${ACCOUNT}/blobServices/containers`)) {
      expect(properties["publicAccess"]).toBe("None");
    }
  });

  it("R42 no key, signature or connection string is read or passed on", () => {
    expect(textOf(deployment)).not.toMatch(
      /listKeys|listAccountSas|listServiceSas|AccountKey|SharedAccessKey/i,
    );
  });
});

describe.each(FULL)("R30 R35 what deletion leaves: %s", (deployment) => {
  it("R35 nothing of keys", () => {
    const off = { enabled: false };
    expect(service(deployment, "keys")).toEqual({
      isVersioningEnabled: false,
      changeFeed: off,
      deleteRetentionPolicy: off,
      containerDeleteRetentionPolicy: off,
      restorePolicy: off,
    });
  });

  it("R30 all backups, for longer than they can be restored", () => {
    const kept = service(deployment, "backups") ?? {};
    expect(kept).toMatchObject({ isVersioningEnabled: true, changeFeed: { enabled: true } });
    const days = (policy: string, name = "days") => Number(Object(kept[policy])[name]);
    expect(days("restorePolicy")).toBeGreaterThan(0);
    expect(days("deleteRetentionPolicy")).toBeGreaterThan(days("restorePolicy"));
    expect(days("changeFeed", "retentionInDays")).toBeGreaterThanOrEqual(days("restorePolicy"));
    const { properties } = onlyOf(resourcesOf(deployment), `${ACCOUNT}/managementPolicies`);
    const [, dropped = "0"] = /daysAfterCreationGreaterThan":(\d+)/.exec(JSON.stringify(properties)) ?? [];
    expect(Number(dropped)).toBeGreaterThanOrEqual(days("restorePolicy"));
    expect(kept).not.toHaveProperty("deleteRetentionPolicy.allowPermanentDelete");
  });
});

describe.each(FULL)("R36 R38 vaults: %s", (deployment) => {
  it("R36 roles only, soft delete, purge protection", () => {
    for (const { properties } of all(deployment, "Microsoft.KeyVault/vaults")) {
      expect(properties).toMatchObject({
        enableRbacAuthorization: true,
        enableSoftDelete: true,
        softDeleteRetentionInDays: 90,
        enablePurgeProtection: true,
        enabledForDeployment: false,
        enabledForDiskEncryption: false,
        enabledForTemplateDeployment: false,
      });
      expect(properties).not.toHaveProperty("accessPolicies");
    }
  });

  it("R36 R38 keys of 3072 bits that wrap, can't leave, rotate and never expire", () => {
    for (const { properties } of all(deployment, "Microsoft.KeyVault/vaults/keys")) {
      expect(properties).toEqual({
        kty: deployment === "test" ? "RSA" : "RSA-HSM",
        keySize: 3072,
        keyOps: ["wrapKey", "unwrapKey"],
        attributes: { enabled: true, exportable: false },
        rotationPolicy: {
          lifetimeActions: [{ trigger: { timeAfterCreate: "P1Y" }, action: { type: "rotate" } }],
        },
      });
    }
  });
});

describe.each(DEPLOYMENTS)("R42 the app: %s", (deployment) => {
  it("R42 https and TLS 1.2, its own identity, Node 24 on Flex Consumption", () => {
    const site = onlyOf(resourcesOf(deployment), "Microsoft.Web/sites");
    expect(site).toMatchObject({
      identity: { type: "UserAssigned" },
      properties: {
        httpsOnly: true,
        siteConfig: { minTlsVersion: "1.2", scmMinTlsVersion: "1.2" },
        functionAppConfig: {
          deployment: { storage: { authentication: { type: "UserAssignedIdentity" } } },
          runtime: { name: "node", version: "24" },
        },
      },
    });
    expect(onlyOf(resourcesOf(deployment), "Microsoft.Web/serverfarms").sku?.name).toBe("FC1");
  });

  it("R42 nothing is published with a password", () => {
    const policies = all(deployment, "Microsoft.Web/sites/basicPublishingCredentialsPolicies");
    expect(policies.map(({ name }) => lastOf(name)).toSorted()).toEqual(["ftp", "scm"]);
    for (const { properties } of policies) expect(properties).toEqual({ allow: false });
  });

  it("R42 logs and traces are written with an identity", () => {
    const resources = resourcesOf(deployment);
    expect({
      DisableLocalAuth: onlyOf(resources, "Microsoft.Insights/components").properties["DisableLocalAuth"],
    }).toEqual({ DisableLocalAuth: true });
    const workspace = onlyOf(resources, "Microsoft.OperationalInsights/workspaces");
    expect(workspace.properties["features"]).toMatchObject({ disableLocalAuth: true });
  });
});

describe.each(FULL)("R42 around it: %s", (deployment) => {
  it("R42 messages are sent with an identity, and nobody is tracked", () => {
    const [sender] = all(deployment, "Microsoft.Communication/communicationServices");
    expect({ disableLocalAuth: sender?.properties["disableLocalAuth"] }).toEqual({ disableLocalAuth: true });
    for (const { properties } of all(deployment, "Microsoft.Communication/emailServices/domains")) {
      expect(properties["userEngagementTracking"]).toBe("Disabled");
    }
  });

  it("R42 every use of a vault, every read of the keys and every change in storage is logged", () => {
    const settings = all(deployment, "Microsoft.Insights/diagnosticSettings");
    const enabled = (part: RegExp) =>
      settings
        .filter(({ id }) => part.test(id))
        .map(({ properties }) => JSON.stringify(properties["logs"]))
        .join();
    for (const { name } of all(deployment, "Microsoft.KeyVault/vaults")) {
      expect(enabled(new RegExp(name))).toContain('{"categoryGroup":"audit","enabled":true}');
    }
    for (const category of ["StorageRead", "StorageWrite", "StorageDelete"]) {
      expect(enabled(/storageAccounts\/stk/)).toContain(`{"category":"${category}","enabled":true}`);
    }
    for (const category of ["StorageWrite", "StorageDelete"])
      for (const service of [/stb\w+\/blobServices/, /stb\w+\/queueServices/])
        expect(enabled(service)).toContain(`{"category":"${category}","enabled":true}`);
  });
});

describe("R42 parameters that turn something on", () => {
  it("R42 delete locks protect everything that can't be made again", () => {
    const locked = all("main", "Microsoft.Authorization/locks").map(({ id }) => id.split("/").at(-5));
    const names = [
      ...all("main", ACCOUNT).filter(({ name }) => purposeOf(name) !== "host"),
      ...all("main", "Microsoft.KeyVault/vaults"),
      ...all("main", "Microsoft.OperationalInsights/workspaces"),
    ].map(({ name }) => name);
    expect(locked.toSorted()).toEqual(names.toSorted());
    expect(all("test", "Microsoft.Authorization/locks")).toEqual([]);
  });

  it("R42 by default both data accounts survive the loss of a region", () => {
    for (const { name, sku } of all("main", ACCOUNT)) {
      if (purposeOf(name) !== "host") expect(sku?.name).toBe("Standard_GZRS");
    }
  });
});
