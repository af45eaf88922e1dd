/** The schema of all settings by their flat names, with their defaults. */
import * as z from "zod";
import { Provider } from "../domain/step-up/provider.ts";
import { jsonOf } from "../domain/text.ts";
import { IdentityIssuers } from "./issuers.ts";
import {
  AppVersion,
  CommunicationAddress,
  Count,
  DailyLimits,
  Days,
  Hours,
  KeyIdText,
  listOf,
  QueueConnection,
  SafeUrl,
  StorageAddress,
} from "./values.ts";

/** 384 bytes in base64url: RSA-3072 gives 128-bit security (NIST SP 800-57 part 1, table 2). */
const MODULUS_LENGTH = 512;

const PublicKey = z.strictObject({
  kid: z.string(),
  kty: z.literal("RSA"),
  n: z.base64url().min(MODULUS_LENGTH, "must be the modulus of an RSA key of at least 3072 bits"),
  e: z.base64url(),
});

export const Settings = z.object({
  PUBLIC_BASE_URL: SafeUrl,
  IDENTITY_ISSUERS: jsonOf(IdentityIssuers),
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
  OWNER_AT_HAND: z.enum(["on", "off"]).default("on"),
  UNDELETE_DAYS: Days.default(30),
  ERASURE_DELAY_HOURS: Hours.default(72),
  SIGN_IN_AGING_DAYS: Days.default(60),
  SIGN_IN_STALE_DAYS: Days.default(90),
  UPLOAD_AGING_DAYS: Days.default(120),
  UPLOAD_STALE_DAYS: Days.default(180),
  METRICS_COLLECTOR: SafeUrl.optional(),
  METRICS_INTERVAL_SECONDS: Count.default(60),
});

/** The settings that are well-formed. */
export type Given = Partial<z.infer<typeof Settings>>;
export type Environment = Record<string, string | undefined>;
