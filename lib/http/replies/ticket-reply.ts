/** How a ticket is told: as a QR code, and as the address and code that can be typed by hand. Told once. */
import QRCode from "qrcode";
import * as z from "zod";
import { grouped, qrText } from "../../domain/step-up/ticket.ts";
import { Timestamp } from "./backup-status.ts";

/** `text`: what the QR code says. `svg`: the QR code itself. */
export const TicketReply = z.strictObject({
  text: z.string(),
  svg: z.string(),
  address: z.string(),
  code: z.string(),
  expiresAt: Timestamp,
});

export async function ticketReply(
  { code, expiresAt }: { code: string; expiresAt: Date },
  address: string,
): Promise<z.infer<typeof TicketReply>> {
  const text = qrText(address, code);
  return {
    text,
    svg: await QRCode.toString(text, { type: "svg", errorCorrectionLevel: "M" }),
    address,
    code: grouped(code),
    expiresAt: expiresAt.toISOString(),
  };
}
