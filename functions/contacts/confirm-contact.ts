/** POST v1/contacts/{id}/confirm: takes the code sent to a contact, which counts then (R19, R45). */
import * as z from "zod";
import { confirmContact as confirm } from "../../lib/domain/contacts/contact-changes.ts";
import { Id } from "../../lib/domain/id.ts";
import { Code } from "../../lib/http/code.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { ContactStatus, contactStatus } from "../../lib/http/replies/contact-status.ts";

export const confirmContact = endpoint({
  name: "confirm-contact",
  summary: "Confirm a contact by its code",
  method: "POST",
  route: "v1/contacts/{id}/confirm",
  access: "owner",
  request: { params: z.strictObject({ id: Id }), body: z.strictObject({ code: Code }) },
  replies: { 200: ContactStatus },
  problems: ["contact-not-found", "challenge-not-found", "answer-wrong", "too-many-tries", "busy"],
  async handle({ params: { id }, body: { code }, ...asking }, services) {
    return {
      status: 200,
      body: contactStatus(await confirm(services, asking, { id, code }, services.policy), asking.held),
    };
  },
});
