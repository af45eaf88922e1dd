/** The reply that describes a contact: masked, since a stranger may hold the phone. */
import * as z from "zod";
import { Channel, type Contact, masked } from "../../domain/contacts/contact.ts";
import { Language } from "../../domain/messages/language.ts";
import { Timestamp } from "./backup-status.ts";

export const ContactStatus = z.strictObject({
  id: z.string(),
  channel: Channel,
  masked: z.string(),
  language: Language,
  addedAt: Timestamp,
  verifiedAt: Timestamp.optional(),
});

export const contactStatus = (contact: Contact): z.infer<typeof ContactStatus> => ({
  id: contact.id,
  channel: contact.channel,
  masked: masked(contact),
  language: contact.language,
  addedAt: contact.addedAt.toISOString(),
  ...(contact.verifiedAt && { verifiedAt: contact.verifiedAt.toISOString() }),
});
