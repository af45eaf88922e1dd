/** POST v1/tickets: a provider's ticket for a work account, to be scanned now or printed for later (R21-R23). */
import * as z from "zod";
import { WorkName } from "../lib/domain/account.ts";
import { DAY, later, SECOND } from "../lib/domain/clock.ts";
import { requireAnswersFor } from "../lib/domain/provider.ts";
import { ticketFor } from "../lib/domain/ticket.ts";
import { endpoint } from "../lib/http/endpoint.ts";
import { issueTicket as issue, TicketReply } from "../lib/http/ticket-reply.ts";

/** `use`: within minutes, or printed and kept for the day when the phone is gone. */
const Request = z.strictObject({
  account: WorkName,
  use: z.enum(["now", "printed"]).default("now"),
});

export const issueTicket = endpoint({
  name: "issue-ticket",
  summary: "Issue a ticket for a work account",
  method: "POST",
  route: "v1/tickets",
  access: "provider:Tickets.Issue",
  request: { body: Request },
  replies: { 201: TicketReply },
  async handle({ provider, body: { account, use }, now }, services) {
    requireAnswersFor(provider, account);
    const { publicBaseUrl, ticketSeconds, printedTicketDays } = services.policy;
    const life = use === "now" ? ticketSeconds * SECOND : printedTicketDays * DAY;
    const ticket = {
      account: ticketFor(account),
      issuedBy: { by: "provider" as const, client: provider.clientId },
      issuedAt: now,
      expiresAt: later(now, life),
    };
    return { status: 201, body: await issue(services, ticket, publicBaseUrl) };
  },
});
