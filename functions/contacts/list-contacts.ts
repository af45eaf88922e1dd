/** GET v1/contacts: the owner's contacts, masked (R19). */
import * as z from "zod";
import { recordIn } from "../../lib/domain/owner/owner-store.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { ContactStatus, contactStatus } from "../../lib/http/replies/contact-status.ts";

export const listContacts = endpoint({
  name: "list-contacts",
  summary: "The owner's contacts",
  method: "GET",
  route: "v1/contacts",
  access: "owner",
  replies: { 200: z.strictObject({ contacts: z.array(ContactStatus) }) },
  async handle({ held }) {
    const { contacts } = await recordIn(held);
    return { status: 200, body: { contacts: contacts.map((contact) => contactStatus(contact, held)) } };
  },
});
