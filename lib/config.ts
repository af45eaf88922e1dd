/** All settings in one schema: flat names in, a typed object out. Fails at start, naming every bad one. */
import * as z from "zod";
import { ISSUER_ROLES } from "./domain/owner.ts";
import { Provider } from "./domain/provider.ts";
import { jsonOf } from "./domain/text.ts";
import { parseKeyId } from "./key-id.ts";
import {
  AppVersion,
  CommunicationAddress,
  Count,
  DailyLimits,
  Days,
  Hours,
  IssuerUrl,
  isLoopback,
  KeyIdText,
  listOf,
  QueueConnection,
  SafeUrl,
  StorageAddress,
} from "./settings.ts";

/**
 * One identity provider whose tokens count, and for what. `authContext`: it speaks Entra's claims challenge. `accountClaim`:
 * the claim that holds the user name, where its tokens prove personal accounts.
 */
const Issuer = z.strictObject({
  issuer: IssuerUrl,
  audience: z.string().min(1),
  role: z.enum(ISSUER_ROLES),
  accountClaim: z.string().min(1).default("preferred_username"),
  authContext: z.string().min(1).optional(),
});

/** With one audience for both, an app's token would be taken for an owner's, or for a sign-in that proves an account. */
function tellAppsFromPeople(issuers: z.infer<typeof Issuer>[]): boolean {
  const apps = issuers.filter(({ role }) => role === "provider");
  const people = issuers.filter(({ role }) => role !== "provider");
  return apps.every((app) =>
    people.every(({ issuer, audience }) => issuer !== app.issuer || audience !== app.audience),
  );
}

/** Of 384 bytes as base64url: RSA-3072 is what 128-bit security needs (NIST SP 800-57 part 1, table 2). */
const MODULUS_LENGTH = 512;

const PublicKey = z.strictObject({
  kid: z.string(),
  kty: z.literal("RSA"),
  n: z.base64url().min(MODULUS_LENGTH, "must be the modulus of an RSA key of at least 3072 bits"),
  e: z.base64url(),
});

const Settings = z.object({
  PUBLIC_BASE_URL: SafeUrl,
  IDENTITY_ISSUERS: jsonOf(
    z
      .array(Issuer)
      .refine(
        (issuers) => issuers.some(({ role }) => role === "recovery"),
        "must name at least one issuer with the role recovery",
      )
      .refine(
        tellAppsFromPeople,
        "must give the role provider an audience that no other role has with that issuer",
      ),
  ),
  BACKUPS_STORAGE: StorageAddress,
  KEYS_STORAGE: StorageAddress,
  KEY_IDS: listOf(KeyIdText).refine((ids) => ids.length > 0, "must name at least one key"),
  PINNED_PUBLIC_KEYS: jsonOf(z.strictObject({ keys: z.array(PublicKey) })).default({ keys: [] }),
  QUEUE_STORAGE: QueueConnection.optional(),
  QUEUE_STORAGE__queueServiceUri: SafeUrl.optional(),
  COMMUNICATION_SERVICE: CommunicationAddress,
  EMAIL_SENDER: z.email(),
  SMS_SENDER: z.string().min(1).optional(),
  SMS_DAILY_LIMITS: DailyLimits.default(new Map([["*", 1000]])),
  PROVIDERS: jsonOf(z.array(Provider)).default([]),
  CROSS_PLATFORM_RECOVERY: z.enum(["portable", "deny"]).default("portable"),
  ACCOUNT_SIGN_IN_MAX_AGE_SECONDS: Count.default(300),
  CONTACT_COOLING_OFF_HOURS: Count.default(72),
  TICKET_SECONDS: Count.refine((seconds) => seconds <= 600, "must not be more than 600").default(600),
  PRINTED_TICKET_DAYS: Days.default(365),
  KEY_REFRESH_SECONDS: Count.default(3600),
  RETIRED_KEY_IDS: listOf(KeyIdText).default([]),
  AZURE_CLIENT_ID: z.string().min(1).optional(),
  MIN_APP_VERSION_IOS: AppVersion.default("5.7.0"),
  MIN_APP_VERSION_ANDROID: AppVersion.default("6.6.0"),
  SIGN_IN_MAX_AGE_SECONDS: Count.default(600),
  MAX_UPLOAD_BYTES: Count.default(1_048_576),
  HISTORY_LENGTH: Count.default(10),
  UNDELETE_DAYS: Days.default(30),
  ERASURE_DELAY_HOURS: Hours.default(0),
  SIGN_IN_AGING_DAYS: Days.default(60),
  SIGN_IN_STALE_DAYS: Days.default(90),
  UPLOAD_AGING_DAYS: Days.default(120),
  UPLOAD_STALE_DAYS: Days.default(180),
  METRICS_COLLECTOR: SafeUrl.optional(),
  METRICS_INTERVAL_SECONDS: Count.default(60),
});

export type Environment = Record<string, string | undefined>;
export type Config = ReturnType<typeof nested>;

/** Compiling a schema that is used once takes longer than using it. */
const ONCE = { jitless: true };

/** Throws one Error that names every setting that is missing, malformed or unsafe. Never repeats a value. */
export function configFromEnvironment(environment: Environment): Config {
  const parsed = Settings.safeParse(environment, ONCE);
  const issues = parsed.error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];
  const settings = wellFormed(environment);
  const bad = [...issues, ...contradictions(settings), ...outOfPlace(environment, settings)];
  if (parsed.success && bad.length === 0) return nested(parsed.data);
  throw new Error(`These settings stop the app from starting:\n${bad.map((line) => `  ${line}`).join("\n")}`);
}

/** Those settings that have their shape, so that what contradicts itself is told together with what is malformed. */
function wellFormed(environment: Environment): Partial<z.infer<typeof Settings>> {
  const parsed = Object.entries(Settings.shape).map(([name, schema]) => [
    name,
    schema.safeParse(environment[name], ONCE).data,
  ]);
  return Object.fromEntries(parsed);
}

function contradictions(settings: Partial<z.infer<typeof Settings>>): string[] {
  const { BACKUPS_STORAGE: backups, KEYS_STORAGE: keys } = settings;
  const sameAccount = backups && keys && "url" in backups && "url" in keys && backups.url === keys.url;
  const queue = settings.QUEUE_STORAGE ?? settings.QUEUE_STORAGE__queueServiceUri;
  return [
    ...(queue ? [] : ["QUEUE_STORAGE__queueServiceUri: must be set (QUEUE_STORAGE only on loopback)"]),
    ...(sameAccount ? ["KEYS_STORAGE: must be another account than BACKUPS_STORAGE"] : []),
    ...strangersPinned(settings),
    ...ambiguousProviders(settings),
    ...mustNotExceed(settings, "SIGN_IN_AGING_DAYS", "SIGN_IN_STALE_DAYS"),
    ...mustNotExceed(settings, "UPLOAD_AGING_DAYS", "UPLOAD_STALE_DAYS"),
  ];
}

/** Of any version: after a rotation the settings of before must still start an app. */
function strangersPinned({
  KEY_IDS: ours = [],
  PINNED_PUBLIC_KEYS: pinned,
}: Partial<z.infer<typeof Settings>>): string[] {
  const isOurs = (kid: string) => {
    const id = parseKeyId(kid);
    return ours.some(({ vault, name }) => vault === id?.vault && name === id.name);
  };
  if (ours.length === 0 || pinned?.keys.every(({ kid }) => isOurs(kid)) !== false) return [];
  return ["PINNED_PUBLIC_KEYS: must name only versions of the keys in KEY_IDS"];
}

/** Two issuers may both have an app of the same client id, and only one of them is the provider's. */
function ambiguousProviders(settings: Partial<z.infer<typeof Settings>>): string[] {
  const { IDENTITY_ISSUERS: issuers = [], PROVIDERS: providers = [] } = settings;
  const known = issuers.filter(({ role }) => role === "provider").map(({ issuer }) => issuer);
  const named = providers.map(({ clientId, issuer = known[0] }) => JSON.stringify([clientId, issuer]));
  const isUnnamed = known.length > 1 && providers.some(({ issuer }) => issuer === undefined);
  const isUnknown = providers.some(({ issuer }) => issuer !== undefined && !known.includes(issuer));
  return [
    ...(isUnnamed ? ["PROVIDERS: must name the issuer of each app where there are several"] : []),
    ...(isUnknown ? ["PROVIDERS: must name only issuers of the role provider"] : []),
    ...(new Set(named).size < named.length ? ["PROVIDERS: must name each app once"] : []),
  ];
}

/** A public address that is bad itself excuses nothing; where there is none, this may still be a laptop. */
function outOfPlace(environment: Environment, settings: Partial<z.infer<typeof Settings>>): string[] {
  const { PUBLIC_BASE_URL: given } = environment;
  if (given === undefined || isLoopback(given)) return [];
  return [...developmentOnly(settings), ...leftovers(environment)];
}

/** What is fine on a laptop must not be what a service that others can reach relies on. */
function developmentOnly(settings: Partial<z.infer<typeof Settings>>): string[] {
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

/** They make libraries print headers and addresses, switch TLS off, or hold a password where the managed identity is the rule. */
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

const nested = (settings: z.infer<typeof Settings>) => ({
  publicBaseUrl: settings.PUBLIC_BASE_URL,
  issuers: settings.IDENTITY_ISSUERS,
  storage: { backups: settings.BACKUPS_STORAGE, keys: settings.KEYS_STORAGE },
  vault: {
    keyIds: settings.KEY_IDS,
    pinned: settings.PINNED_PUBLIC_KEYS.keys,
    refreshSeconds: settings.KEY_REFRESH_SECONDS,
  },
  queue: settings.QUEUE_STORAGE
    ? { connectionString: settings.QUEUE_STORAGE }
    : { url: settings.QUEUE_STORAGE__queueServiceUri ?? "" },
  senders: {
    service: settings.COMMUNICATION_SERVICE,
    email: settings.EMAIL_SENDER,
    sms: settings.SMS_SENDER,
  },
  metrics: {
    endpoint: settings.METRICS_COLLECTOR,
    intervalSeconds: settings.METRICS_INTERVAL_SECONDS,
  },
  smsDailyLimits: settings.SMS_DAILY_LIMITS,
  providers: settings.PROVIDERS,
  crossPlatformRecovery: settings.CROSS_PLATFORM_RECOVERY,
  accountSignInMaxAgeSeconds: settings.ACCOUNT_SIGN_IN_MAX_AGE_SECONDS,
  contactCoolingOffHours: settings.CONTACT_COOLING_OFF_HOURS,
  ticketSeconds: settings.TICKET_SECONDS,
  printedTicketDays: settings.PRINTED_TICKET_DAYS,
  clientId: settings.AZURE_CLIENT_ID,
  minimumAppVersion: { ios: settings.MIN_APP_VERSION_IOS, android: settings.MIN_APP_VERSION_ANDROID },
  signInMaxAgeSeconds: settings.SIGN_IN_MAX_AGE_SECONDS,
  maxUploadBytes: settings.MAX_UPLOAD_BYTES,
  historyLength: settings.HISTORY_LENGTH,
  erasureDelayHours: settings.ERASURE_DELAY_HOURS,
  staleness: {
    signInAgingDays: settings.SIGN_IN_AGING_DAYS,
    signInStaleDays: settings.SIGN_IN_STALE_DAYS,
    uploadAgingDays: settings.UPLOAD_AGING_DAYS,
    uploadStaleDays: settings.UPLOAD_STALE_DAYS,
    undeleteDays: settings.UNDELETE_DAYS,
    retiredKeyIds: settings.RETIRED_KEY_IDS.map(({ id }) => id),
  },
});
