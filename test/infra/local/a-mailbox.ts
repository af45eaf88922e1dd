/** A mailbox of the test file's own, with SDK clients for it and helpers to ask it. */
import { EmailClient } from "@azure/communication-email";
import { SmsClient } from "@azure/communication-sms";
import * as z from "zod";
import { startMailbox } from "../../../infra/local/mailbox/start-mailbox.ts";

export const overHttp = { allowInsecureConnection: true, retryOptions: { maxRetries: 0 } };
export const sender = "no-reply@authenticator.example";
const Messages = z.array(
  z.strictObject({
    id: z.guid(),
    channel: z.enum(["email", "sms"]),
    from: z.string(),
    to: z.string(),
    subject: z.string().optional(),
    text: z.string(),
    receivedAt: z.iso.datetime(),
  }),
);

export const anEmail = (to = "anna@example.com", plainText = "Your code is 12345.") => ({
  senderAddress: sender,
  recipients: { to: [{ address: to }] },
  content: { subject: "Your code", plainText },
});
export const aText = (...to: string[]) => ({ from: "+46700000000", to, message: "Your code is 12345." });

export async function aMailbox() {
  const { url, connectionString, close } = await startMailbox({ port: 0 });
  const call = (method: string, path: string, body?: string) =>
    fetch(`${url}/${path}`, { method, ...(body !== undefined && { body }) });
  return {
    url,
    connectionString,
    close,
    call,
    mail: new EmailClient(connectionString, overHttp),
    phone: new SmsClient(connectionString, overHttp),
    messages: async (query = "") => Messages.parse(await (await call("GET", `messages${query}`)).json()),
    order: (fault: object) => call("PUT", "dev/faults", JSON.stringify(fault)),
    async empty() {
      for (const path of ["messages", "dev/faults"]) await call("DELETE", path);
    },
  };
}
