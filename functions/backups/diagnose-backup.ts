/** POST v1/backups/{platform}/diagnosis: why a recovery on this device would fail, with remedies (R31). */
import * as z from "zod";
import { ExistingAccount } from "../../lib/domain/account.ts";
import { MAX_ACCOUNTS } from "../../lib/domain/backup/document.ts";
import { Platform } from "../../lib/domain/owner.ts";
import { diagnose } from "../../lib/domain/recovery/diagnosis.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { Check, checkOf } from "../../lib/http/replies/diagnosis.ts";

/** The same input as a recovery's. */
const Request = z.strictObject({
  from: Platform.optional(),
  existingAccounts: z.array(ExistingAccount).max(MAX_ACCOUNTS).default([]),
  envelope: z.string().optional(),
});

export const diagnoseBackup = endpoint({
  name: "diagnose-backup",
  summary: "Why can't I recover?",
  method: "POST",
  route: "v1/backups/{platform}/diagnosis",
  access: "owner",
  devices: "any",
  takes: { envelope: true },
  tolerates: ["old-app", "damage"],
  request: { params: z.strictObject({ platform: Platform }), body: Request },
  replies: { 200: z.strictObject({ recoverable: z.boolean(), checks: z.array(Check) }) },
  async handle({ params: { platform }, body, appTooOld, damage, ...asking }, services) {
    const { from = platform, existingAccounts: existing, envelope } = body;
    const question = { platform, from, existing, envelope, appTooOld, damage };
    const checks = (await diagnose(services, asking, question, services.policy)).map(checkOf);
    return { status: 200, body: { recoverable: checks.every(({ state }) => state !== "failed"), checks } };
  },
});
