/** `POST /emails:send` and `GET /emails/operations/{id}`: an accepted email counts as sent at once. */
import { randomUUID } from "node:crypto";
import * as z from "zod";
import { parseBody } from "../loopback-server.ts";
import type { Call, Post, Reply } from "./post.ts";
import { badRequest, notFound } from "./refusal.ts";

/** Refuses everything else that the service takes, such as HTML and copies to others. */
const Email = z.object({
  senderAddress: z.email(),
  content: z.strictObject({ subject: z.string().min(1), plainText: z.string().min(1) }),
  recipients: z.strictObject({
    to: z
      .array(
        z.object({
          address: z.email({ pattern: z.regexes.html5Email }),
          displayName: z.string().optional(),
        }),
      )
      .min(1),
  }),
});

export function sendEmail(call: Call, post: Post): Reply {
  const email = parseBody(Email, call.body, badRequest);
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
  const { subject, plainText: text } = content;
  for (const { address } of recipients.to)
    post.messages.add({ channel: "email", from: senderAddress, to: address, subject, text });
  return true;
}

function operationId({ headers }: Call): string {
  const given = headers["operation-id"];
  if (given === undefined) return randomUUID();
  if (z.guid().safeParse(given).success) return String(given).toLowerCase();
  throw badRequest("Operation-Id must be a UUID.");
}
