/** How a ticket is told: as a QR code, and as the address and code that can be typed by hand. Told once. */
import QRCode from "qrcode";
import * as z from "zod";
import type { Peppers } from "../domain/pepper.ts";
import { grouped, newTicketCode, qrText, type Ticket, type TicketStore } from "../domain/ticket.ts";
import { Timestamp } from "./backup-status.ts";

/** `text`: what the QR code says. `svg`: the QR code itself. */
export const TicketReply = z.strictObject({
  text: z.string(),
  svg: z.string(),
  address: z.string(),
  code: z.string(),
  expiresAt: Timestamp,
});

/** Stores a new ticket under the keyed hash of its code, and tells the code. */
export async function issueTicket(
  { tickets, peppers }: { tickets: TicketStore; peppers: Peppers },
  ticket: Ticket,
  address: string,
): Promise<z.infer<typeof TicketReply>> {
  const code = newTicketCode();
  await tickets.put(await peppers.hash("ticket", code), ticket, undefined);
  const text = qrText(address, code);
  return {
    text,
    svg: await QRCode.toString(text, { type: "svg", errorCorrectionLevel: "M" }),
    address,
    code: grouped(code),
    expiresAt: ticket.expiresAt.toISOString(),
  };
}
