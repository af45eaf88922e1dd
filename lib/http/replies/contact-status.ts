/** The reply that describes a contact: masked, since a stranger may hold the phone. */
import * as z from "zod";
import { Channel, type Contact, masked } from "../../domain/contacts/contact.ts";
import { findDevice } from "../../domain/device.ts";
import { Language } from "../../domain/messages/language.ts";
import { devicesIn, type StoredOwner } from "../../domain/owner/owner-store.ts";
import { DeviceId } from "../../domain/owner.ts";
import { Timestamp } from "./backup-status.ts";

/** `addedBy`: the device that added it or, once it is confirmed, confirmed it, while that is known. */
export const ContactStatus = z.strictObject({
  id: z.string(),
  channel: Channel,
  masked: z.string(),
  language: Language,
  addedAt: Timestamp,
  addedBy: z.strictObject({ id: DeviceId, name: z.string() }).optional(),
  verifiedAt: Timestamp.optional(),
});

export function contactStatus(
  contact: Contact,
  held: StoredOwner | undefined,
): z.infer<typeof ContactStatus> {
  const by = findDevice(devicesIn(held), contact.addedBy ?? "");
  return {
    id: contact.id,
    channel: contact.channel,
    masked: masked(contact),
    language: contact.language,
    addedAt: contact.addedAt.toISOString(),
    ...(by && { addedBy: { id: by.id, name: by.name } }),
    ...(contact.verifiedAt && { verifiedAt: contact.verifiedAt.toISOString() }),
  };
}
