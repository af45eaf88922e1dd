/** POST v1/recoveries: recovers the accounts after a fresh sign-in and registers the device (R10-R17). */
import * as z from "zod";
import { accountKey, ExistingAccount } from "../../lib/domain/account.ts";
import { StoredSettings } from "../../lib/domain/backup/app-settings.ts";
import { MAX_ACCOUNTS } from "../../lib/domain/backup/document.ts";
import { DeviceName } from "../../lib/domain/device.ts";
import { Platform } from "../../lib/domain/owner.ts";
import { askAgain } from "../../lib/domain/recovery/plan.ts";
import { type Recovered, recover } from "../../lib/domain/recovery/recovery.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { AskAgain } from "../../lib/http/problems/problem.ts";
import { VersionStatus, versionStatus } from "../../lib/http/replies/backup-status.ts";
import { ENVELOPE, RecoveredAccount } from "../../lib/http/replies/recovery-status.ts";

/**
 * `from`: the platform whose backup to recover. `existingAccounts`: all accounts already on this device;
 * recovery touches none of them.
 */
const Request = z.strictObject({
  platform: Platform,
  from: Platform.optional(),
  device: z.strictObject({ name: DeviceName }),
  existingAccounts: z.array(ExistingAccount).max(MAX_ACCOUNTS),
  overlap: z.enum(["refuse", "keep-existing"]).default("refuse"),
  plan: z.string().max(64).optional(),
  envelope: z.string().optional(),
});

/**
 * In the backup's order. A `restore` is the whole account; a `keep` or `step-up` only its name.
 * `askAgainWith`: set if an account is kept only because of its name. `sealed`: a document that the device
 * sealed itself, instead of `accounts` and `settings`.
 */
const Reply = z.strictObject({
  id: z.string(),
  accounts: z.array(RecoveredAccount),
  settings: StoredSettings,
  askAgainWith: AskAgain.optional(),
  sealed: z.string().optional(),
  version: VersionStatus,
});

export const recoverAccounts = endpoint({
  name: "recover-accounts",
  summary: "Recover the accounts on this device",
  method: "POST",
  route: "v1/recoveries",
  access: "owner-fresh",
  devices: "any",
  takes: { idempotencyKey: true, envelope: true },
  tagged: true,
  request: { body: Request },
  replies: { 200: Reply },
  problems: [
    ...ENVELOPE,
    "backup-not-found",
    "accounts-overlap",
    "recovery-ended",
    "plan-outdated",
    "cross-platform-denied",
    "too-many-recoveries",
    "account-bound-elsewhere",
    "too-many-accounts",
    "busy",
  ],
  async handle({ heads, body, idempotencyKey, ...asking }, services) {
    const { platform, from = platform, existingAccounts, overlap, envelope } = body;
    const { staleness, crossPlatformRecovery } = services.policy;
    const recovered = await recover(services, asking, {
      platform,
      from,
      deviceName: body.device.name,
      existing: existingAccounts,
      overlap,
      planSeen: body.plan,
      envelope,
      idempotencyKey,
      staleness,
      crossPlatformRecovery,
    });
    const { id, settings, sealed, version, head } = recovered;
    const source = heads[from]?.value ?? head.value;
    return {
      status: 200,
      body: {
        id,
        accounts: accountsIn(recovered),
        settings,
        version: versionStatus(version, source),
        ...askAgain(recovered.outcomes),
        ...(sealed !== undefined && { sealed }),
      },
      etag: head.etag,
    };
  },
});

const accountsIn = ({ outcomes, credentials }: Recovered): z.input<typeof RecoveredAccount>[] =>
  outcomes.map((each) => {
    if (each.reason !== "bound") return each;
    const uri = credentials.get(accountKey(each.account));
    return uri ? { ...each, credential: { type: "code" as const, uri } } : each;
  });
