/** All settings in one schema: flat names in, a typed object out. Fails at start, naming every bad one. */
import * as z from "zod";
import { AppVersion, Count, jsonOf, KeyIdText, listOf, SafeUrl, StorageAddress } from "./settings.ts";

/** One identity provider whose tokens count, and for what. `authContext`: it speaks Entra's claims challenge. */
const Issuer = z.strictObject({
  issuer: SafeUrl,
  audience: z.string().min(1),
  role: z.enum(["recovery", "provider"]),
  authContext: z.string().min(1).optional(),
});
export type Issuer = z.infer<typeof Issuer>;

const PublicKey = z.strictObject({
  kid: z.string(),
  kty: z.literal("RSA"),
  n: z.base64url(),
  e: z.base64url(),
});

const Settings = z.object({
  PUBLIC_BASE_URL: SafeUrl,
  IDENTITY_ISSUERS: jsonOf(z.array(Issuer).min(1)),
  BACKUPS_STORAGE: StorageAddress,
  KEYS_STORAGE: StorageAddress,
  KEY_IDS: listOf(KeyIdText).refine((ids) => ids.length > 0, "must name at least one key"),
  PINNED_PUBLIC_KEYS: jsonOf(z.strictObject({ keys: z.array(PublicKey) })).default({ keys: [] }),
  RETIRED_KEY_IDS: listOf(KeyIdText).default([]),
  AZURE_CLIENT_ID: z.string().min(1).optional(),
  MIN_APP_VERSION_IOS: AppVersion.default("5.7.0"),
  MIN_APP_VERSION_ANDROID: AppVersion.default("6.6.0"),
  SIGN_IN_MAX_AGE_SECONDS: Count.default(600),
  MAX_UPLOAD_BYTES: Count.default(1_048_576),
  HISTORY_LENGTH: Count.default(10),
  UNDELETE_DAYS: Count.default(30),
  SIGN_IN_AGING_DAYS: Count.default(60),
  SIGN_IN_STALE_DAYS: Count.default(90),
  UPLOAD_AGING_DAYS: Count.default(120),
  UPLOAD_STALE_DAYS: Count.default(180),
});

export type Environment = Record<string, string | undefined>;
export type Config = ReturnType<typeof nested>;

/** Throws one Error that names every setting that is missing, malformed or unsafe. Never repeats a value. */
export function configFromEnvironment(environment: Environment): Config {
  const parsed = Settings.check(({ value, issues }) => {
    for (const [name, message] of contradictions(value)) {
      issues.push({ code: "custom", path: [name], message, input: undefined });
    }
  }).safeParse(environment);
  if (parsed.success) return nested(parsed.data);
  const lines = parsed.error.issues.map(({ path, message }) => `  ${path.join(".")}: ${message}`);
  throw new Error(`These settings stop the app from starting:\n${lines.join("\n")}`);
}

function contradictions(settings: z.infer<typeof Settings>): [string, string][] {
  const { BACKUPS_STORAGE: backups, KEYS_STORAGE: keys } = settings;
  const sameAccount = "url" in backups && "url" in keys && backups.url === keys.url;
  return [
    ...(sameAccount
      ? [["KEYS_STORAGE", "must be another account than BACKUPS_STORAGE"] as [string, string]]
      : []),
    ...mustNotExceed(settings, "SIGN_IN_AGING_DAYS", "SIGN_IN_STALE_DAYS"),
    ...mustNotExceed(settings, "UPLOAD_AGING_DAYS", "UPLOAD_STALE_DAYS"),
  ];
}

function mustNotExceed<K extends string>(settings: Record<K, number>, name: K, limit: K): [string, string][] {
  return settings[name] > settings[limit] ? [[name, `must not be more than ${limit}`]] : [];
}

const nested = (settings: z.infer<typeof Settings>) => ({
  publicBaseUrl: settings.PUBLIC_BASE_URL,
  issuers: settings.IDENTITY_ISSUERS,
  storage: { backups: settings.BACKUPS_STORAGE, keys: settings.KEYS_STORAGE },
  vault: { keyIds: settings.KEY_IDS, pinned: settings.PINNED_PUBLIC_KEYS.keys },
  clientId: settings.AZURE_CLIENT_ID,
  minimumAppVersion: { ios: settings.MIN_APP_VERSION_IOS, android: settings.MIN_APP_VERSION_ANDROID },
  signInMaxAgeSeconds: settings.SIGN_IN_MAX_AGE_SECONDS,
  maxUploadBytes: settings.MAX_UPLOAD_BYTES,
  historyLength: settings.HISTORY_LENGTH,
  staleness: {
    signInAgingDays: settings.SIGN_IN_AGING_DAYS,
    signInStaleDays: settings.SIGN_IN_STALE_DAYS,
    uploadAgingDays: settings.UPLOAD_AGING_DAYS,
    uploadStaleDays: settings.UPLOAD_STALE_DAYS,
    undeleteDays: settings.UNDELETE_DAYS,
    retiredKeyIds: settings.RETIRED_KEY_IDS.map(({ id }) => id),
  },
});
