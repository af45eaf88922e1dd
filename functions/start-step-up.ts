/** POST v1/recoveries/{id}/step-ups: begins to prove one account of a recovery, on the device that recovered (R20, R21). */
import * as z from "zod";
import { BoundAccount } from "../lib/domain/account.ts";
import { expiresAt } from "../lib/domain/challenge.ts";
import { loggingFailure } from "../lib/domain/failed-step-up.ts";
import { invalid } from "../lib/domain/failure.ts";
import { Id } from "../lib/domain/id.ts";
import { goingOn, requireProvable, startByCode, startByTicket } from "../lib/domain/step-up.ts";
import { callerDevice } from "../lib/http/admit.ts";
import { requireAccountSignIn, requireSignInTo } from "../lib/http/authenticate.ts";
import { Timestamp } from "../lib/http/backup-status.ts";
import { ContactStatus, contactStatus } from "../lib/http/contact-status.ts";
import { endpoint } from "../lib/http/endpoint.ts";
import { sendCode } from "../lib/http/send-code.ts";

/** `contact`: where the code is to be sent; for a personal account only. */
const Request = z.strictObject({ account: BoundAccount, contact: Id.optional() });

/** `needs`: what the answer must bring. */
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
  provesAccount: true,
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
    "vault-unavailable",
  ],
  async handle({ caller, held, heads, params: { id }, body: { account, contact }, ...rest }, services) {
    const { accountSignIn, now } = rest;
    requireProvable(await goingOn(services, held, caller, id, now), account);
    const start = { caller, recovery: id, account, now };
    if (account.kind === "work") {
      if (contact !== undefined)
        throw invalid("/contact", "must be left out: a work account is proven by a ticket");
      const challenge = await startByTicket(services, held, start);
      const until = expiresAt(challenge).toISOString();
      return { status: 201, body: { id: challenge.id, needs: "ticket" as const, expiresAt: until } };
    }
    const { accountSignInMaxAgeSeconds, contactCoolingOffHours } = services.policy;
    if (contact === undefined)
      throw invalid("/contact", "must name the contact that the code is to be sent to");
    const signIn = requireAccountSignIn(accountSignIn, accountSignInMaxAgeSeconds);
    const trying = { device: callerDevice(caller, heads, now), recovery: id, now };
    const started = await loggingFailure(services.outbox, caller.owner, trying, async () => {
      requireSignInTo(account, signIn);
      const byCode = { ...start, signIn, contact, coolingOffHours: contactCoolingOffHours };
      return await startByCode(services, held, byCode, (to, code) =>
        sendCode(services, caller.owner, { contact: to, code }, now),
      );
    });
    const until = expiresAt(started.challenge).toISOString();
    const sentTo = contactStatus(started.contact);
    return {
      status: 201,
      body: { id: started.challenge.id, needs: "code" as const, expiresAt: until, sentTo },
    };
  },
});
