/** `POST /emails:send` and `GET /emails/operations/{id}`: an email is sent as soon as it is taken. */
import { randomUUID } from "node:crypto";
import * as z from "zod";
import { parseBody } from "./parse-body.ts";
import type { Call, Post, Reply } from "./post.ts";
import { badRequest, notFound } from "./refusal.ts";

const Addresses = z.array(
  z.object({ address: z.email({ pattern: z.regexes.html5Email }), displayName: z.string().optional() }),
);

const Email = z.object({
  senderAddress: z.email(),
  content: z
    .object({ subject: z.string().min(1), plainText: z.string().optional(), html: z.string().optional() })
    .refine(({ plainText, html }) => plainText || html, "plainText or html is required"),
  recipients: z.object({
    to: Addresses.min(1),
    cc: Addresses.default([]),
    bcc: Addresses.default([]),
  }),
});

export function sendEmail(call: Call, post: Post): Reply {
  const email = parseBody(Email, call.body);
  const id = operationId(call);
  post.operations.answer(id, () => deliver(email, post));
  const location = `${post.url}/emails/operations/${id}?api-version=${call.apiVersion}`;
  return { status: 202, body: { id, status: "Running" }, headers: { "operation-location": location } };
}

export function emailStatus(id: string, { operations }: Post): Reply {
  if (!operations.get(id)) throw notFound(`There is no operation ${id}.`);
  return { status: 200, body: { id, status: "Succeeded" } };
}

function deliver({ senderAddress, content, recipients }: z.infer<typeof Email>, post: Post): true {
  const { subject, plainText = "", html } = content;
  for (const { address } of [...recipients.to, ...recipients.cc, ...recipients.bcc]) {
    const body = { subject, text: plainText, ...(html !== undefined && { html }) };
    post.messages.add({ channel: "email", from: senderAddress, to: address, ...body });
    post.counters.emails += 1;
  }
  return true;
}

function operationId({ headers }: Call): string {
  const given = headers["operation-id"];
  if (given === undefined) return randomUUID();
  if (z.guid().safeParse(given).success) return String(given).toLowerCase();
  throw badRequest("Operation-Id must be a UUID.");
}
