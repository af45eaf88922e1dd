/** A private network: storage and vaults answer only inside it, under their usual names. */
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { lastOf, ofType, onlyOf, purposeOf, type Resource, resourcesOf } from "./snapshots.ts";

const ACCOUNT = "Microsoft.Storage/storageAccounts";
const VAULT = "Microsoft.KeyVault/vaults";
const ENDPOINT = "Microsoft.Network/privateEndpoints";
const ZONE = "Microsoft.Network/privateDnsZones";

const resources = resourcesOf("longest");

const Linked = z.object({ virtualNetwork: z.object({ id: z.string() }) });
const Network = z.object({ subnets: z.array(z.object({ name: z.string() })) });
const Endpoint = z.object({
  subnet: z.object({ id: z.string() }),
  privateLinkServiceConnections: z.array(
    z.object({ properties: z.object({ privateLinkServiceId: z.string(), groupIds: z.array(z.string()) }) }),
  ),
});
const ZoneGroup = z.object({
  privateDnsZoneConfigs: z.array(z.object({ properties: z.object({ privateDnsZoneId: z.string() }) })),
});

const within = (all: readonly Resource[], { id }: Resource, kind: string) =>
  all.filter((each) => each.id.startsWith(`${id}/${kind}/`));

const appSubnetOf = (all: readonly Resource[]) =>
  String(onlyOf(all, "Microsoft.Web/sites").properties["virtualNetworkSubnetId"]);

/** What the app's network reaches by a name resolved in it, each as `RESOURCE GROUP ZONE`. */
function waysIn(all: readonly Resource[]): string[] {
  const [network] = ofType(all, "Microsoft.Network/virtualNetworks").filter(({ id }) =>
    appSubnetOf(all).startsWith(`${id}/subnets/`),
  );
  if (!network) return [];
  const subnets = Network.parse(network.properties).subnets.map(
    ({ name }) => `${network.id}/subnets/${name}`,
  );
  const zones = ofType(all, ZONE).filter((zone) =>
    within(all, zone, "virtualNetworkLinks").some(
      ({ properties }) => Linked.parse(properties).virtualNetwork.id === network.id,
    ),
  );
  return ofType(all, ENDPOINT)
    .filter(({ properties }) => subnets.includes(Endpoint.parse(properties).subnet.id))
    .flatMap((endpoint) => {
      const named = within(all, endpoint, "privateDnsZoneGroups")
        .flatMap(({ properties }) => ZoneGroup.parse(properties).privateDnsZoneConfigs)
        .flatMap(({ properties }) => zones.filter(({ id }) => id === properties.privateDnsZoneId));
      return targetsOf(endpoint).flatMap((target) => named.map(({ name }) => `${target} ${name}`));
    });
}

const targetsOf = ({ properties }: Resource) =>
  Endpoint.parse(properties).privateLinkServiceConnections.flatMap(
    ({ properties: { privateLinkServiceId, groupIds } }) =>
      groupIds.map((group) => `${privateLinkServiceId} ${group}`),
  );

describe("R42 a private network", () => {
  it("R42 leaves storage and vaults no public way in", () => {
    for (const { name, properties } of [...ofType(resources, ACCOUNT), ...ofType(resources, VAULT)]) {
      expect(properties).toMatchObject({ publicNetworkAccess: "Disabled" });
      const bypass = purposeOf(name) === "backups" ? "AzureServices" : "None";
      expect(properties["networkAcls"]).toEqual({ bypass, defaultAction: "Deny" });
    }
  });

  it("R42 leads the app to each service it calls, whose names are resolved in it", () => {
    expect(lastOf(appSubnetOf(resources))).toBe("app");
    const account = (purpose: string) =>
      ofType(resources, ACCOUNT).find(({ name }) => purposeOf(name) === purpose)?.id;
    const needed = [
      ...["backups", "keys", "host"].map((each) => `${account(each)} blob privatelink.blob.core.windows.net`),
      `${account("backups")} queue privatelink.queue.core.windows.net`,
      ...ofType(resources, VAULT).map(({ id }) => `${id} vault privatelink.vaultcore.azure.net`),
    ];
    expect(needed.length).toBeGreaterThan(4);
    expect(waysIn(resources).toSorted()).toEqual(needed.toSorted());
  });

  it("R42 needs each of its parts: without any one of them something can't be reached", () => {
    const parts = resources.filter(({ type }) => /^Microsoft\.Network\/(virtualNetworks|private)/.test(type));
    expect(parts.length).toBeGreaterThan(waysIn(resources).length);
    for (const part of parts) {
      const others = resources.filter((each) => each !== part);
      expect(waysIn(others).length, part.id).toBeLessThan(waysIn(resources).length);
    }
  });

  it("R42 exists only if requested", () => {
    const networks = resourcesOf("main").filter(({ type }) => type.startsWith("Microsoft.Network/"));
    expect(networks).toEqual([]);
  });
});
