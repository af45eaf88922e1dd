/** POST v1/recovery-plans: a dry run: what a recovery here would do, account by account (R12). */
import * as z from "zod";
import { ExistingAccount, nameOf } from "../../lib/domain/account.ts";
import { MAX_ACCOUNTS } from "../../lib/domain/backup/document.ts";
import { Platform } from "../../lib/domain/owner.ts";
import { dryRun } from "../../lib/domain/recovery/opening.ts";
import { askAgain, planId, pointersTo } from "../../lib/domain/recovery/plan.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { AskAgain } from "../../lib/http/problems/problem.ts";
import { VersionStatus, versionStatus } from "../../lib/http/replies/backup-status.ts";
import { ENVELOPE, PlannedAccount } from "../../lib/http/replies/recovery-status.ts";

/** `from`: the platform whose backup to recover; by default the device's own. */
const Request = z.strictObject({
  platform: Platform,
  from: Platform.optional(),
  existingAccounts: z.array(ExistingAccount).max(MAX_ACCOUNTS),
  envelope: z.string().optional(),
});

/**
 * `overlapping`: accounts that would refuse a recovery without `keep-existing`. `askAgainWith`: set if an
 * account is kept only because of its name.
 */
const Plan = z.strictObject({
  id: z.string(),
  accounts: z.array(PlannedAccount),
  overlapping: z.array(z.string()),
  askAgainWith: AskAgain.optional(),
  version: VersionStatus,
});

export const planRecovery = endpoint({
  name: "plan-recovery",
  summary: "See what a recovery would do",
  method: "POST",
  route: "v1/recovery-plans",
  access: "owner-fresh",
  devices: "any",
  takes: { envelope: true },
  request: { body: Request },
  replies: { 200: Plan },
  problems: [...ENVELOPE, "backup-not-found", "cross-platform-denied", "busy"],
  async handle({ body, ...asking }, services) {
    const { platform, from = platform, existingAccounts: existing, envelope } = body;
    const wanted = { platform, from, existing, envelope };
    const rule = services.policy.crossPlatformRecovery;
    const { version, head, outcomes, overlapping } = await dryRun(services, asking, wanted, rule);
    const accounts = outcomes.map((each) =>
      each.outcome === "restore" ? { ...each, account: nameOf(each.account) } : each,
    );
    return {
      status: 200,
      body: {
        id: planId(version.id, outcomes),
        accounts,
        overlapping: pointersTo(overlapping),
        ...askAgain(outcomes),
        version: versionStatus(version, head),
      },
    };
  },
});
