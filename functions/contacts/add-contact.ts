/** POST v1/contacts: adds an e-mail address or phone number and sends it a code; repeatable (R19). */
import * as z from "zod";
import { Channel } from "../../lib/domain/contacts/contact.ts";
import { addContact as add } from "../../lib/domain/contacts/contact-changes.ts";
import { invalid } from "../../lib/domain/failure.ts";
import { Language } from "../../lib/domain/messages/language.ts";
import { callingCodeOf, emailAddress, MOST_TYPED, phoneNumber } from "../../lib/http/address.ts";
import { endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { ContactStatus, contactStatus } from "../../lib/http/replies/contact-status.ts";

/** `language`: the language of messages to this contact. */
const Request = z.strictObject({
  channel: Channel,
  address: z.string().max(MOST_TYPED),
  language: Language,
});

export const addContact = endpoint({
  name: "add-contact",
  summary: "Add a contact",
  method: "POST",
  route: "v1/contacts",
  access: "owner-fresh",
  request: { body: Request },
  replies: { 201: ContactStatus },
  problems: ["too-many-contacts", "too-many-messages", "too-many-tries", "device-too-new", "busy"],
  async handle({ body: { channel, address, language }, ...asking }, services) {
    if (channel === "phone" && !services.policy.sendsSms) {
      throw invalid("/channel", "must be email: this service sends no messages to phones");
    }
    const canonical = channel === "email" ? emailAddress(address) : phoneNumber(address);
    const offered = { channel, address: canonical, language };
    const contact = await add({ ...services, callingCodeOf }, asking, offered, services.policy);
    return { status: 201, body: contactStatus(contact, asking.held) };
  },
});
