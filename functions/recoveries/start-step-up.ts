/** POST v1/recoveries/{id}/step-ups: starts a step-up for an account, on the same device (R20, R21, R47). */
import * as z from "zod";
import { DeviceBoundAccount } from "../../lib/domain/account.ts";
import { expiresAt } from "../../lib/domain/challenges/challenge.ts";
import { Id } from "../../lib/domain/id.ts";
import { startStepUp as start } from "../../lib/domain/step-up/step-up.ts";
import { callingCodeOf } from "../../lib/http/address.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { Timestamp } from "../../lib/http/replies/backup-status.ts";
import { ContactStatus, contactStatus } from "../../lib/http/replies/contact-status.ts";

/** `contact`: where to send the code, for a personal account only; without it, the answer is a ticket. */
const Request = z.strictObject({ account: DeviceBoundAccount, contact: Id.optional() });

/** `needs`: what the answer must contain. */
const StepUp = z.strictObject({
  id: z.string(),
  needs: z.enum(["code", "ticket"]),
  expiresAt: Timestamp,
  sentTo: ContactStatus.optional(),
});

export const startStepUp = endpoint({
  name: "start-step-up",
  summary: "Begin to prove an account",
  method: "POST",
  route: "v1/recoveries/{id}/step-ups",
  access: "owner",
  takes: { accountSignIn: true },
  request: { params: z.strictObject({ id: Id }), body: Request },
  replies: { 201: StepUp },
  problems: [
    "recovery-not-found",
    "recovery-ended",
    "account-not-in-recovery",
    "contact-not-found",
    "contact-unusable",
    "too-many-messages",
    "too-many-tries",
    "busy",
  ],
  async handle({ params: { id }, body: { account, contact }, accountSignIn, ...asking }, services) {
    const starting = { recovery: id, account, contact, accountSignIn };
    const ports = { ...services, callingCodeOf };
    const { challenge, contact: sentTo } = await start(ports, asking, starting, services.policy);
    return {
      status: 201,
      body: {
        id: challenge.id,
        needs: challenge.kind === "code" ? ("code" as const) : ("ticket" as const),
        expiresAt: expiresAt(challenge).toISOString(),
        ...(sentTo && { sentTo: contactStatus(sentTo, asking.held) }),
      },
    };
  },
});
