/** Reads the settings: flat names in, a typed object out. Fails at start, naming every bad one. */
import type * as z from "zod";
import { contradictions, devSettingsInPublic } from "./contradictions.ts";
import { type Environment, type Given, Settings } from "./schema.ts";

export type Config = ReturnType<typeof nested>;

/** A schema used once takes longer to compile than to run. */
const ONCE = { jitless: true };

/** Throws one Error that names every setting that is missing, malformed or unsafe. Never repeats a value. */
export function configFromEnvironment(environment: Environment): Config {
  const parsed = Settings.safeParse(environment, ONCE);
  const issues = parsed.error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];
  const settings = wellFormed(environment);
  const bad = [...issues, ...contradictions(settings), ...devSettingsInPublic(environment, settings)];
  if (parsed.success && bad.length === 0) return nested(parsed.data);
  throw new Error(`These settings stop the app from starting:\n${bad.map((line) => `  ${line}`).join("\n")}`);
}

/** The settings that are well-formed, so that contradictions are reported together with malformed ones. */
function wellFormed(environment: Environment): Given {
  const parsed = Object.entries(Settings.shape).map(([name, schema]) => [
    name,
    schema.safeParse(environment[name], ONCE).data,
  ]);
  return Object.fromEntries(parsed);
}

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
  keepsAtHand: settings.OWNER_AT_HAND === "on",
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
