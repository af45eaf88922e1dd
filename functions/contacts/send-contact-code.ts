/** POST v1/contacts/{id}/code: sends a code to an older contact; entered, it ends the device's youth (R45). */
import * as z from "zod";
import { expiresAt } from "../../lib/domain/challenges/challenge.ts";
import { sendContactCode as send } from "../../lib/domain/contacts/contact-code.ts";
import { Id } from "../../lib/domain/id.ts";
import { callingCodeOf } from "../../lib/http/address.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { Timestamp } from "../../lib/http/replies/backup-status.ts";
import { ContactStatus, contactStatus } from "../../lib/http/replies/contact-status.ts";

export const sendContactCode = endpoint({
  name: "send-contact-code",
  summary: "Send a code to a contact",
  method: "POST",
  route: "v1/contacts/{id}/code",
  access: "owner",
  request: { params: z.strictObject({ id: Id }) },
  replies: { 201: z.strictObject({ sentTo: ContactStatus, expiresAt: Timestamp }) },
  problems: ["contact-not-found", "contact-unusable", "too-many-messages", "too-many-tries", "busy"],
  async handle({ params: { id }, ...asking }, services) {
    const ports = { ...services, callingCodeOf };
    const { contact, challenge } = await send(ports, asking, id, services.policy);
    return {
      status: 201,
      body: { sentTo: contactStatus(contact, asking.held), expiresAt: expiresAt(challenge).toISOString() },
    };
  },
});
