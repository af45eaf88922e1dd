/** Settings that are wrong together: contradictory, or for development although the service is public. */
import { parseKeyId } from "./key-id.ts";
import type { Environment, Given } from "./schema.ts";
import { isLoopback } from "./values.ts";

export function contradictions(settings: Given): string[] {
  const { BACKUPS_STORAGE: backups, KEYS_STORAGE: keys } = settings;
  const sameAccount = backups && keys && "url" in backups && "url" in keys && backups.url === keys.url;
  const queue = settings.QUEUE_STORAGE ?? settings.QUEUE_STORAGE__queueServiceUri;
  return [
    ...(queue
      ? []
      : ["QUEUE_STORAGE__queueServiceUri: must be set (on loopback, QUEUE_STORAGE may be set instead)"]),
    ...(sameAccount ? ["KEYS_STORAGE: must not be the same account as BACKUPS_STORAGE"] : []),
    ...strangersPinned(settings),
    ...ambiguousProviders(settings),
    ...mustNotExceed(settings, "SIGN_IN_AGING_DAYS", "SIGN_IN_STALE_DAYS"),
    ...mustNotExceed(settings, "UPLOAD_AGING_DAYS", "UPLOAD_STALE_DAYS"),
  ];
}

/** Compares without the version: after a rotation, earlier settings must still start the app. */
function strangersPinned({ KEY_IDS: ours = [], PINNED_PUBLIC_KEYS: pinned }: Given): string[] {
  const isOurs = (kid: string) => {
    const id = parseKeyId(kid);
    return ours.some(({ vault, name }) => vault === id?.vault && name === id.name);
  };
  if (ours.length === 0 || pinned?.keys.every(({ kid }) => isOurs(kid)) !== false) return [];
  return ["PINNED_PUBLIC_KEYS: must name only versions of the keys in KEY_IDS"];
}

/** Two issuers may both have an app with the same client id, and only one is the provider's. */
function ambiguousProviders(settings: Given): string[] {
  const { IDENTITY_ISSUERS: issuers = [], PROVIDERS: providers = [] } = settings;
  const known = issuers.filter(({ role }) => role === "provider").map(({ issuer }) => issuer);
  const named = providers.map(({ clientId, issuer = known[0] }) => JSON.stringify([clientId, issuer]));
  const isUnnamed = known.length > 1 && providers.some(({ issuer }) => issuer === undefined);
  const isUnknown = providers.some(({ issuer }) => issuer !== undefined && !known.includes(issuer));
  return [
    ...(isUnnamed
      ? ["PROVIDERS: must name each app's issuer, since several issuers have the role provider"]
      : []),
    ...(isUnknown ? ["PROVIDERS: must name only issuers with the role provider"] : []),
    ...(new Set(named).size < named.length ? ["PROVIDERS: must name each app once"] : []),
  ];
}

/** A malformed PUBLIC_BASE_URL counts as public; without one, this may still be a laptop. */
export function devSettingsInPublic(environment: Environment, settings: Given): string[] {
  const { PUBLIC_BASE_URL: given } = environment;
  if (given === undefined || isLoopback(given)) return [];
  return [...developmentOnly(settings), ...leftovers(environment)];
}

/** Addresses that are fine on a laptop but not in a service that others can reach. */
function developmentOnly(settings: Given): string[] {
  const { BACKUPS_STORAGE: backups, KEYS_STORAGE: keys, COMMUNICATION_SERVICE: service } = settings;
  const local = {
    BACKUPS_STORAGE: backups && "connectionString" in backups,
    KEYS_STORAGE: keys && "connectionString" in keys,
    QUEUE_STORAGE: settings.QUEUE_STORAGE !== undefined,
    QUEUE_STORAGE__queueServiceUri: isLoopback(settings.QUEUE_STORAGE__queueServiceUri ?? ""),
    COMMUNICATION_SERVICE: service && "connectionString" in service,
    KEY_IDS: settings.KEY_IDS?.some(({ vault }) => isLoopback(vault)),
    IDENTITY_ISSUERS: settings.IDENTITY_ISSUERS?.some(({ issuer }) => isLoopback(issuer)),
    METRICS_COLLECTOR: isLoopback(settings.METRICS_COLLECTOR ?? ""),
  };
  return Object.entries(local).flatMap(([name, isLocal]) =>
    isLocal ? [`${name}: must not be a development address unless PUBLIC_BASE_URL is on loopback`] : [],
  );
}

/**
 * They make libraries log headers and addresses, switch TLS off, or replace the managed identity by a
 * password.
 */
const FOR_DEBUGGING = [
  "DEBUG",
  "NODE_DEBUG",
  "NODE_DEBUG_NATIVE",
  "AZURE_LOG_LEVEL",
  "NODE_TLS_REJECT_UNAUTHORIZED",
  "AZURE_TOKEN_CREDENTIALS",
  "AZURE_CLIENT_SECRET",
  "AZURE_CLIENT_CERTIFICATE_PATH",
  "AZURE_USERNAME",
  "AZURE_PASSWORD",
  "OTEL_LOG_LEVEL",
];

const leftovers = (environment: Environment): string[] =>
  FOR_DEBUGGING.filter((name) => environment[name]).map(
    (name) => `${name}: must not be set unless PUBLIC_BASE_URL is on loopback`,
  );

const mustNotExceed = <K extends string>(
  settings: Partial<Record<K, number>>,
  name: K,
  limit: K,
): string[] =>
  (settings[name] ?? 0) > (settings[limit] ?? Number.POSITIVE_INFINITY)
    ? [`${name}: must not be more than ${limit}`]
    : [];
