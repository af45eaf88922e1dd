/** Evaluates ARM expressions in a snapshot; values only Azure knows become placeholders of their kind. */
import { createHash } from "node:crypto";

/** By type and property, for the resource of that name. */
const KNOWN: Record<string, (name: string) => string> = {
  "Microsoft.ManagedIdentity/userAssignedIdentities clientId": () => "11111111-1111-4111-8111-111111111111",
  "Microsoft.ManagedIdentity/userAssignedIdentities principalId": () =>
    "22222222-2222-4222-8222-222222222222",
  "Microsoft.Insights/components ConnectionString": () =>
    "InstrumentationKey=33333333-3333-4333-8333-333333333333",
  "Microsoft.KeyVault/vaults/keys keyUriWithVersion": (name) =>
    `https://${name.replace("/", ".vault.azure.net/keys/")}/0123456789abcdef0123456789abcdef`,
  "Microsoft.Communication/communicationServices hostName": (name) =>
    `${name}.europe.communication.azure.com`,
  "Microsoft.Communication/emailServices/domains fromSenderDomain": () =>
    "44444444-4444-4444-8444-444444444444.azurecomm.net",
  "Microsoft.Web/sites defaultHostName": (name) => `${name}.azurewebsites.net`,
  "Microsoft.Storage/storageAccounts primaryEndpoints.blob": (name) =>
    `https://${name}.blob.core.windows.net/`,
};

/** A string is an expression if it begins and ends like a call: a JSON list in a setting does not. */
const isExpression = (text: string) => /^\[\w+\(.*\)[.\w]*\]$/s.test(text);

/** Replaces every expression in the value by its result. Throws for an unknown one. */
export function evaluated(value: unknown): unknown {
  if (typeof value === "string") return isExpression(value) ? evaluate(value.slice(1, -1)) : value;
  if (Array.isArray(value)) return value.map(evaluated);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, each]) => [String(evaluated(name)), evaluated(each)]);
  return Object.fromEntries(entries);
}

const TOKENS = /\s*('(?:[^']|'')*'|-?\d+|[A-Za-z]\w*|[(),.[\]])/gy;

function evaluate(text: string): unknown {
  const tokens = [...text.matchAll(TOKENS)].map(([, token = ""]) => token);
  const result = readValue(tokens);
  if (tokens.length === 0) return result;
  throw new Error(`${tokens.join(" ")} is left of ${text}`);
}

function readValue(tokens: string[]): unknown {
  const token = tokens.shift() ?? "";
  if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
  if (/^-?\d/.test(token)) return Number(token);
  const given = readGiven(tokens);
  const path = readPath(tokens);
  if (token === "environment" && path.join(".") === "suffixes.storage") return "core.windows.net";
  if (token === "reference") return referenced(String(given[0]), path.join("."));
  const run = FUNCTIONS[token];
  if (!run) throw new Error(`not known: ${token}().${path.join(".")}`);
  return path.reduce((value, step) => Object(value)[step], run(given));
}

function readGiven(tokens: string[]): unknown[] {
  const given: unknown[] = [];
  if (tokens.shift() !== "(") throw new Error(`no call before ${tokens.join(" ")}`);
  while (tokens[0] !== ")") {
    given.push(readValue(tokens));
    if (tokens[0] === ",") tokens.shift();
  }
  tokens.shift();
  return given;
}

/** `.a.b` or `[0]`. */
function readPath(tokens: string[]): string[] {
  const path: string[] = [];
  while (tokens[0] === "." || tokens[0] === "[") {
    const closing = tokens.shift() === "[";
    path.push(tokens.shift() ?? "");
    if (closing) tokens.shift();
  }
  return path;
}

const FUNCTIONS: Record<string, (given: unknown[]) => unknown> = {
  format: ([text, ...given]) =>
    String(text).replaceAll(/\{(\d+)\}/g, (_, at: string) => String(given[Number(at)])),
  replace: ([text, old, by]) => String(text).replaceAll(String(old), String(by)),
  createArray: (given) => given,
  join: ([list, between]) => (Array.isArray(list) ? list.join(String(between)) : ""),
  split: ([text, by]) => String(text).split(String(by)),
  createObject: (given) =>
    Object.fromEntries(given.flatMap((name, at) => (at % 2 === 0 ? [[String(name), given[at + 1]]] : []))),
  union: (given) => Object.assign({}, ...given),
  // Azure hashes differently; here it only matters that different values give different results.
  guid: (given) =>
    createHash("sha256")
      .update(JSON.stringify(given))
      .digest("hex")
      .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5"),
  extensionResourceId: ([scope, type, name]) => `${scope}/providers/${type}/${name}`,
  resourceId: ([subscription, group, type, ...names]) => {
    const [provider = "", ...kinds] = String(type).split("/");
    const parts = kinds.map((kind, at) => `${kind}/${names[at]}`).join("/");
    return `/subscriptions/${subscription}/resourceGroups/${group}/providers/${provider}/${parts}`;
  },
  // Bicep filters name parts to leave out empty ones: here there are none.
  filter: ([list]) => list,
  lambda: () => undefined,
  lambdaVariables: () => undefined,
  not: () => undefined,
  empty: () => undefined,
};

/** `…/providers/A/b/NAME/c/NAME` is of the type `A/b/c` and of the name `NAME/NAME`. */
function referenced(id: string, path: string): string {
  const [provider = "", ...parts] = id.slice(id.lastIndexOf("/providers/") + 11).split("/");
  const type = [provider, ...parts.filter((_, at) => at % 2 === 0)].join("/");
  const known = KNOWN[`${type} ${path}`];
  if (known) return known(parts.filter((_, at) => at % 2 === 1).join("/"));
  throw new Error(`not known: ${path} of ${type}`);
}
