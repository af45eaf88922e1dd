/** GET v1/contacts: where the owner can be reached, masked (R19). */
import * as z from "zod";
import { readRecord } from "../lib/domain/owner-record.ts";
import { ContactStatus, contactStatus } from "../lib/http/contact-status.ts";
import { endpoint } from "../lib/http/endpoint.ts";

export const listContacts = endpoint({
  name: "list-contacts",
  summary: "The owner's contacts",
  method: "GET",
  route: "v1/contacts",
  access: "owner",
  replies: { 200: z.strictObject({ contacts: z.array(ContactStatus) }) },
  problems: ["vault-unavailable"],
  async handle({ caller }, { records }) {
    const { contacts } = await readRecord(records, caller.owner);
    return { status: 200, body: { contacts: contacts.map(contactStatus) } };
  },
});
