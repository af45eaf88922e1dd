/** The reply that carries a ticket, once: as a QR code, and as an address and code to type. */
import QRCode from "qrcode";
import * as z from "zod";
import { grouped, qrText } from "../../domain/step-up/ticket.ts";
import { Timestamp } from "./backup-status.ts";

/** `text`: the QR code's content. `svg`: the QR code itself. */
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
