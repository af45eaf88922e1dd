/** DELETE v1/contacts/{id}: removes a contact; the last confirmed one only after a fresh sign-in (R19). */
import * as z from "zod";
import { removeContact as remove } from "../../lib/domain/contacts/contact-changes.ts";
import { Id } from "../../lib/domain/id.ts";
import { endpoint, Nothing } from "../../lib/http/pipeline/endpoint.ts";

export const removeContact = endpoint({
  name: "remove-contact",
  summary: "Remove a contact",
  method: "DELETE",
  route: "v1/contacts/{id}",
  access: "owner",
  request: { params: z.strictObject({ id: Id }) },
  replies: { 204: Nothing },
  problems: ["contact-not-found", "device-too-new", "sign-in-too-old", "sign-in-time-missing", "busy"],
  async handle({ params: { id }, ...asking }, services) {
    await remove(services, asking, id, services.policy);
    return { status: 204, body: undefined };
  },
});
