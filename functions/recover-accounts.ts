/** POST v1/recoveries: brings the accounts back to this device after a fresh sign-in, and registers the device (R10, R11, R13, R17). */
import * as z from "zod";
import { AccountName, PersonalAccount, ThirdPartyAccount, WorkAccount } from "../lib/domain/account.ts";
import { AppSettings, MAX_ACCOUNTS } from "../lib/domain/backup-document.ts";
import { DeviceName, requirePlatform } from "../lib/domain/device.ts";
import { Platform } from "../lib/domain/owner.ts";
import { recover } from "../lib/domain/recovery.ts";
import { devicesOf } from "../lib/http/admit.ts";
import { VersionStatus, versionStatus } from "../lib/http/backup-status.ts";
import { endpoint } from "../lib/http/endpoint.ts";

/** `existingAccounts`: all that this device has already; none of them is touched. */
const Request = z.strictObject({
  platform: Platform,
  device: z.strictObject({ name: DeviceName }),
  existingAccounts: z.array(AccountName).max(MAX_ACCOUNTS),
  overlap: z.enum(["refuse", "keep-existing"]).default("refuse"),
});

/** In the order of the backup. A `restore` is whole; a `keep` and a `step-up` are names only. */
const Recovered = z.strictObject({
  accounts: z.array(
    z.discriminatedUnion("outcome", [
      z.strictObject({ outcome: z.literal("restore"), account: ThirdPartyAccount }),
      z.strictObject({ outcome: z.literal("keep"), account: AccountName }),
      z.strictObject({
        outcome: z.literal("step-up"),
        account: z.discriminatedUnion("kind", [PersonalAccount, WorkAccount]),
      }),
    ]),
  ),
  settings: AppSettings,
  version: VersionStatus,
});

export const recoverAccounts = endpoint({
  name: "recover-accounts",
  summary: "Recover the accounts on this device",
  method: "POST",
  route: "v1/recoveries",
  access: "owner-fresh",
  newcomers: true,
  request: { body: Request },
  replies: { 200: Recovered },
  problems: [
    "backup-not-found",
    "accounts-overlap",
    "too-many-devices",
    "too-many-recoveries",
    "busy",
    "vault-unavailable",
  ],
  async handle({ caller, heads, body: { platform, device, existingAccounts, overlap }, now }, services) {
    const place = { owner: caller.owner, platform };
    const held = heads[platform];
    requirePlatform(caller, { own: held?.value.devices ?? [], all: devicesOf(heads) });
    const recovery = { caller, deviceName: device.name, existing: existingAccounts, overlap, now };
    const { result, stored } = await recover(services, place, held, recovery);
    return {
      status: 200,
      body: { ...result, version: versionStatus(result.version, stored.value) },
      etag: stored.etag,
    };
  },
});
