/** The entry point: the only file that reads the environment, builds adapters and registers functions. */
import { app } from "@azure/functions";
import { blobHeadStore } from "../lib/azure/blob-head-store.ts";
import { blobOwnerKeys } from "../lib/azure/blob-owner-keys.ts";
import { blobVersionStore } from "../lib/azure/blob-version-store.ts";
import { blobContainer } from "../lib/azure/blobs.ts";
import { blobService, managedIdentity } from "../lib/azure/credential.ts";
import { keyVault } from "../lib/azure/key-vault.ts";
import { configFromEnvironment } from "../lib/config.ts";
import { toHandler } from "../lib/http/handler.ts";
import type { Services } from "../lib/http/services.ts";
import { oidcIdentity } from "../lib/oidc/identity.ts";
import { endpoints } from "./endpoints.ts";

const { storage, vault, issuers, clientId, ...policy } = configFromEnvironment(process.env);
const clock = () => new Date();
const credential = managedIdentity(clientId);
const backups = blobContainer(blobService(storage.backups, credential).getContainerClient("backups"));
const keys = blobContainer(blobService(storage.keys, credential).getContainerClient("keys"));
const ownerKeys = blobOwnerKeys(keys, clock);
const recoveryIssuers = issuers.filter(({ role }) => role === "recovery");

const services: Services = {
  identity: oidcIdentity(recoveryIssuers, clock),
  heads: blobHeadStore(backups, ownerKeys, policy.staleness),
  versions: blobVersionStore(backups, ownerKeys, keyVault(credential, vault)),
  clock,
  policy: { ...policy, authContexts: recoveryIssuers.flatMap(({ authContext }) => authContext ?? []) },
};

for (const endpoint of endpoints) {
  const { name, method, route } = endpoint;
  app.http(name, {
    methods: [method],
    route,
    authLevel: "anonymous",
    handler: toHandler(endpoint, services),
  });
}
