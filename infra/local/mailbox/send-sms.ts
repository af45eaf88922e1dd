/** `POST /sms`: one answer per recipient; a wrong number is refused in its own answer only. */
import { randomUUID } from "node:crypto";
import * as z from "zod";
import { parseBody } from "../loopback-server.ts";
import type { Call, Post, Reply } from "./post.ts";
import { badRequest } from "./refusal.ts";

const E164 = /^\+[1-9]\d{6,14}$/;

const Recipient = z.object({
  to: z.string(),
  repeatabilityRequestId: z.guid().optional(),
  repeatabilityFirstSent: z.string().optional(),
});

const Sms = z.object({
  /** A number, a short code or an alphanumeric sender. */
  from: z.string().regex(/^(\+[1-9]\d{6,14}|\d{3,8}|[A-Za-z0-9 ]{1,11})$/, "is no sender"),
  smsRecipients: z.array(Recipient).min(1).max(100),
  message: z.string().max(2048),
});
type Sms = z.infer<typeof Sms>;

export function sendSms({ body }: Call, post: Post): Reply {
  const sms = parseBody(Sms, body, badRequest);
  return { status: 202, body: { value: sms.smsRecipients.map((recipient) => answer(sms, recipient, post)) } };
}

function answer(sms: Sms, { to, repeatabilityRequestId: id }: z.infer<typeof Recipient>, post: Post) {
  if (!E164.test(to))
    return { to, httpStatusCode: 400, successful: false, errorMessage: "Invalid To phone number format." };
  if (id === undefined) return deliver(sms, to, post);
  return post.requests.answer(id.toLowerCase(), () => ({
    ...deliver(sms, to, post),
    repeatabilityResult: "accepted",
  }));
}

function deliver({ from, message }: Sms, to: string, post: Post) {
  post.messages.add({ channel: "sms", from, to, text: message });
  return { to, messageId: `Outgoing_${randomUUID()}`, httpStatusCode: 202, successful: true };
}
