/** POST v1/device-tickets: a device with a work account issues a ticket for another device (R23). */
import * as z from "zod";
import { WorkName } from "../../lib/domain/account.ts";
import { issueDeviceTicket as issue } from "../../lib/domain/step-up/ticket-issuing.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { TicketReply, ticketReply } from "../../lib/http/replies/ticket-reply.ts";

/** The new device then needn't ask the provider. */
export const issueDeviceTicket = endpoint({
  name: "issue-device-ticket",
  summary: "Issue a ticket for another device",
  method: "POST",
  route: "v1/device-tickets",
  access: "owner-fresh",
  request: { body: z.strictObject({ account: WorkName }) },
  replies: { 201: TicketReply },
  problems: ["device-too-new", "account-not-on-device", "too-many-recoveries", "busy"],
  async handle({ body: { account }, ...asking }, services) {
    const issued = await issue(services, asking, account, services.policy);
    return { status: 201, body: await ticketReply(issued, services.policy.publicBaseUrl) };
  },
});
