/** POST v1/tickets: a provider's ticket for one of its accounts, to scan or to print (R21-R23, R47). */
import * as z from "zod";
import { DeviceBoundAccount } from "../../lib/domain/account.ts";
import { issueProviderTicket as issue } from "../../lib/domain/step-up/ticket-issuing.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { TicketReply, ticketReply } from "../../lib/http/replies/ticket-reply.ts";

/** `use`: `now` is valid for minutes; `printed` serves later, when the phone is lost. */
const Request = z.strictObject({
  account: DeviceBoundAccount,
  use: z.enum(["now", "printed"]).default("now"),
});

export const issueTicket = endpoint({
  name: "issue-ticket",
  summary: "Issue a ticket for an account",
  method: "POST",
  route: "v1/tickets",
  access: "provider:Tickets.Issue",
  request: { body: Request },
  replies: { 201: TicketReply },
  async handle({ provider, body, now }, services) {
    const issued = await issue(services, provider, body, services.policy, now);
    return { status: 201, body: await ticketReply(issued, services.policy.publicBaseUrl) };
  },
});
