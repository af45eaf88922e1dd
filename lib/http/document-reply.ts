/** How the present document is told to a device that may read it. */
import * as z from "zod";
import { StoredAccount } from "../domain/account.ts";
import { StoredSettings } from "../domain/app-settings.ts";
import { requireBackup, requireCurrent } from "../domain/backup.ts";
import type { StoredHead } from "../domain/head.ts";
import { type Caller, Platform } from "../domain/owner.ts";
import type { Heads } from "../domain/owner-state.ts";
import type { StoredOwner } from "../domain/owner-store.ts";
import { readQuietly, requireReader } from "../domain/quiet-read.ts";
import { callerDevice, requireOwnPlatform } from "./admit.ts";
import type { Services } from "./services.ts";

/** As it was uploaded, in order. `sealed`: what the device sealed itself, in the place of `accounts` and `settings`. */
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

type Asked = {
  caller: Caller;
  held: StoredOwner | undefined;
  heads: Heads;
  platform: Platform;
  now: Date;
};

/** The state with the document that this device may read. Fails as `backup-not-found` or as `requireReader` does. */
export function requireReadable({ caller, heads, platform, now }: Asked): StoredHead {
  requireOwnPlatform(caller, heads, platform);
  const stored = requireBackup(heads[platform]);
  requireCurrent(stored);
  requireReader(stored.value, caller, now);
  return stored;
}

export async function replyWithDocument(
  services: Services,
  { etag }: StoredHead,
  { caller, held, heads, platform, now }: Asked,
  envelope?: string,
) {
  const device = callerDevice(caller, heads, now);
  const place = { owner: caller.owner, platform };
  const { version, document, sealed } = await readQuietly(services, place, held, {
    caller,
    device,
    envelope,
    now,
  });
  const { generation, digest } = version;
  const { accounts, settings } = document;
  const body = {
    platform,
    generation,
    digest,
    etag,
    accounts,
    settings,
    ...(sealed !== undefined && { sealed }),
  };
  return { status: 200 as const, body, etag };
}
