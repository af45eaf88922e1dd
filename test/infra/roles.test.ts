/** The template's role assignments are exactly those in the table of infra/README.md. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  DEPLOYMENTS,
  type Deployment,
  INFRA,
  lastOf,
  ofType,
  purposeOf,
  resourcesOf,
  textOf,
} from "./snapshots.ts";

/** Built-in roles of Azure by their ids. */
const ROLES: Record<string, string> = {
  "ba92f5b4-2d11-453d-a403-e96b0029c9fe": "Storage Blob Data Contributor",
  "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
  "974c5e8b-45b9-4653-ba55-5f855dd0fb88": "Storage Queue Data Contributor",
  "e147488a-f6f5-4113-8e2d-b22465e65bf6": "Key Vault Crypto Service Encryption User",
  "09976791-48a7-449e-bb21-39d1a415f350": "Communication and Email Service Owner",
  "3913510d-42f4-4e42-8a64-420c390055eb": "Monitoring Metrics Publisher",
};

/** A scope in the words of the table. Throws for a subscription, a group, a vault or a whole data account. */
function nameOf(scope: string): string {
  const [, account = "", kind, name] =
    /storageAccounts\/(\w+)(?:\/\w+\/default\/(container|queue)s\/([\w-]+))?$/.exec(scope) ?? [];
  if (kind) return `${kind} \`${name}\` of the ${purposeOf(account)} account`;
  if (purposeOf(account) === "host") return "host account";
  if (/vaults\/\w+\/keys\/backups$/.test(scope)) return "key `backups` of each vault";
  if (/communicationServices\/[\w-]+$/.test(scope)) return "communication service";
  if (/Insights\/components\/[\w-]+$/.test(scope)) return "Application Insights";
  throw new Error(`nobody should have a role on ${scope}`);
}

const assignments = (deployment: Deployment) =>
  ofType(resourcesOf(deployment), "Microsoft.Authorization/roleAssignments").map(({ id, properties }) => ({
    role:
      ROLES[lastOf(String(properties["roleDefinitionId"]))] ?? `unknown ${properties["roleDefinitionId"]}`,
    on: nameOf(id.slice(0, id.lastIndexOf("/providers/Microsoft.Authorization"))),
    who: properties["principalId"],
    type: properties["principalType"],
  }));

/** Rows `| app | role | on |` of the runbook. */
function documented(): string[] {
  const runbook = readFileSync(join(INFRA, "README.md"), "utf8");
  const rows = [...runbook.matchAll(/^\| app \| ([^|]+) \| ([^|]+) \|/gm)];
  return rows.flatMap(([, role = "", on = ""]) =>
    on.split(", ").map((each) => `${role.trim()}: ${each.trim()}`),
  );
}

describe("R42 roles", () => {
  it.each(DEPLOYMENTS)("R36 R42 the app has the documented ones and no other: %s", (deployment) => {
    const given = new Set(assignments(deployment).map(({ role, on }) => `${role}: ${on}`));
    expect([...given].toSorted()).toEqual(documented().toSorted());
  });

  it.each(DEPLOYMENTS)("R42 no other principal has any: %s", (deployment) => {
    const identities = ofType(resourcesOf(deployment), "Microsoft.ManagedIdentity/userAssignedIdentities");
    expect(identities).toHaveLength(1);
    for (const { who, type } of assignments(deployment)) {
      expect(who).toBe("22222222-2222-4222-8222-222222222222");
      expect(type).toBe("ServicePrincipal");
    }
  });

  it.each(DEPLOYMENTS)("R42 a recreated identity gets assignments of its own: %s", (deployment) => {
    const names = [
      ...textOf(deployment).matchAll(/"name": "(.+)",\n.+\n {6}"properties": \{\n.+roleDefinitionId/g),
    ];
    expect(names).toHaveLength(assignments(deployment).length);
    for (const [, name] of names)
      expect(name).toMatch(/^\[guid\('.+', reference\('.+'\)\.principalId, '.+'\)\]$/);
  });

  it("R36 R42 each vault's key has exactly one user", () => {
    const all = ofType(resourcesOf("longest"), "Microsoft.Authorization/roleAssignments");
    const onKeys = all.filter(({ id }) => id.includes("/Microsoft.KeyVault/"));
    expect(onKeys).toHaveLength(ofType(resourcesOf("longest"), "Microsoft.KeyVault/vaults").length);
  });
});
