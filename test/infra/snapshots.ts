/** The committed snapshots of what Bicep would deploy, with placeholders for values only Azure knows. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { evaluated } from "./expressions.ts";

export const INFRA = join(import.meta.dirname, "../../infra");

const Resource = z.looseObject({
  id: z.string(),
  type: z.string(),
  name: z.string(),
  location: z.string().optional(),
  tags: z.record(z.string(), z.string()).optional(),
  sku: z.looseObject({ name: z.string() }).optional(),
  properties: z.record(z.string(), z.unknown()).default({}),
});
const Snapshot = z.object({ predictedResources: z.array(z.unknown()), diagnostics: z.array(z.unknown()) });

export type Resource = z.infer<typeof Resource>;

export const DEPLOYMENTS = ["main", "test", "longest", "standby"] as const;
export type Deployment = (typeof DEPLOYMENTS)[number];

export const textOf = (deployment: Deployment) =>
  readFileSync(join(INFRA, `${deployment}.snapshot.json`), "utf8");

export function resourcesOf(deployment: Deployment): Resource[] {
  const { predictedResources } = Snapshot.parse(JSON.parse(textOf(deployment)));
  return predictedResources.map((each) => Resource.parse(evaluated(each)));
}

export const ofType = (resources: readonly Resource[], type: string) =>
  resources.filter((resource) => resource.type === type);

/** The only one of its type; fails if there are none or several. */
export function onlyOf(resources: readonly Resource[], type: string): Resource {
  const [found, ...more] = ofType(resources, type);
  if (found && more.length === 0) return found;
  throw new Error(`${more.length + (found ? 1 : 0)} resources of type ${type}`);
}

export const settingsOf = (deployment: Deployment): Record<string, string> =>
  z
    .record(z.string(), z.string())
    .parse(onlyOf(resourcesOf(deployment), "Microsoft.Web/sites/config").properties);

/** `backups`, `keys` or `host`: the account's purpose, from its name. */
export const purposeOf = (account: string) =>
  ({ b: "backups", k: "keys", h: "host" })[account.at(2) ?? ""] ?? "";

export const lastOf = (name: string) => name.split("/").at(-1) ?? "";
