/** The reply that hands the current document to a device that may read it. */
import * as z from "zod";
import { StoredAccount } from "../../domain/account.ts";
import { StoredSettings } from "../../domain/backup/app-settings.ts";
import type { Read } from "../../domain/backup/quiet-read.ts";
import { Platform } from "../../domain/owner.ts";

/** As uploaded, in order. `sealed`: a device-sealed document; `accounts` and `settings` are empty then. */
export const DocumentReply = z.strictObject({
  platform: Platform,
  generation: z.int(),
  digest: z.string(),
  etag: z.string(),
  accounts: z.array(StoredAccount),
  settings: StoredSettings,
  sealed: z.string().optional(),
});

export const READ_PROBLEMS = [
  "backup-not-found",
  "recovery-required",
  "sign-in-too-old",
  "envelope-required",
  "envelope-outdated",
  "envelope-unreadable",
  "too-many-reads",
  "vault-unavailable",
] as const;

export const documentReply = (platform: Platform, { etag, version, document, sealed }: Read) => ({
  status: 200 as const,
  body: {
    platform,
    generation: version.generation,
    digest: version.digest,
    etag,
    accounts: document.accounts,
    settings: document.settings,
    ...(sealed !== undefined && { sealed }),
  },
  etag,
});
