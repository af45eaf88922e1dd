/** POST v1/recoveries/{id}/credentials: replaces a code credential that was lost on its way (R25). */
import * as z from "zod";
import { DeviceBoundAccount } from "../../lib/domain/account.ts";
import { renewCode as renew } from "../../lib/domain/credentials/renewal.ts";
import { Id } from "../../lib/domain/id.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { CodeCredential } from "../../lib/http/replies/recovery-status.ts";

/** The lost one ends. */
export const renewCredential = endpoint({
  name: "renew-credential",
  summary: "Get a fresh credential for one that was lost on its way",
  method: "POST",
  route: "v1/recoveries/{id}/credentials",
  access: "owner-fresh",
  request: { params: z.strictObject({ id: Id }), body: z.strictObject({ account: DeviceBoundAccount }) },
  replies: { 200: z.strictObject({ credential: CodeCredential }) },
  problems: [
    "recovery-not-found",
    "recovery-ended",
    "account-not-in-recovery",
    "account-bound-elsewhere",
    "too-many-accounts",
    "too-many-recoveries",
    "busy",
  ],
  async handle({ params: { id }, body: { account }, ...asking }, services) {
    const uri = await renew(services, asking, { recovery: id, account });
    return { status: 200, body: { credential: { type: "code" as const, uri } } };
  },
});
