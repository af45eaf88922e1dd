/** POST v1/device-tickets: an older device's ticket for a work account that works on it, so that a new one needn't ask the provider (R23). */
import * as z from "zod";
import { WorkName } from "../lib/domain/account.ts";
import { later, SECOND } from "../lib/domain/clock.ts";
import { Failure } from "../lib/domain/failure.ts";
import { ticketFor } from "../lib/domain/ticket.ts";
import { spendProof } from "../lib/http/admit.ts";
import { endpoint } from "../lib/http/endpoint.ts";
import { issueTicket, TicketReply } from "../lib/http/ticket-reply.ts";

export const issueDeviceTicket = endpoint({
  name: "issue-device-ticket",
  summary: "Issue a ticket for another device",
  method: "POST",
  route: "v1/device-tickets",
  access: "owner-fresh",
  request: { body: z.strictObject({ account: WorkName }) },
  replies: { 201: TicketReply },
  problems: ["account-not-on-device", "too-many-recoveries", "busy", "vault-unavailable"],
  async handle({ caller, held, body: { account }, now }, services) {
    const { owner, holders = [] } = (await services.credentials.find(account))?.value ?? {};
    if (owner !== caller.owner || !holders.some(({ device }) => device === caller.device)) {
      throw new Failure("account-not-on-device", "This device has no credential for the account.");
    }
    await spendProof(services.owners, caller, held, now);
    const { publicBaseUrl, ticketSeconds } = services.policy;
    const ticket = {
      account: ticketFor(account),
      issuedBy: { by: "device" as const, owner: caller.owner, device: caller.device },
      issuedAt: now,
      expiresAt: later(now, ticketSeconds * SECOND),
    };
    return { status: 201, body: await issueTicket(services, ticket, publicBaseUrl) };
  },
});
