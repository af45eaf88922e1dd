/** The clients of Azure Communication Services, in their own file so that they load only when needed. */
import { EmailClient } from "@azure/communication-email";
import { SmsClient, type SmsClientOptions } from "@azure/communication-sms";
import type { TokenCredential } from "@azure/identity";
import * as z from "zod";
import type { CommunicationAddress } from "../../config/values.ts";
import type { Message, Messenger } from "../../domain/messages/messenger.ts";

export type Senders = { service: CommunicationAddress; email: string; sms: string | undefined };

const DEADLINE_MS = 10_000;
/** The queue retries, later than an SDK would. */
const NO_RETRIES = { maxRetries: 0 };

export function createMessenger({ service, email, sms }: Senders, credential: TokenCredential): Messenger {
  const local = "connectionString" in service;
  const options = { retryOptions: NO_RETRIES, allowInsecureConnection: local };
  const mail = local
    ? new EmailClient(service.connectionString, options)
    : new EmailClient(service.url, credential, options);
  const phone = (id: string) => {
    const named = { ...options, additionalPolicies: [{ position: "perCall" as const, policy: underId(id) }] };
    return local
      ? new SmsClient(service.connectionString, named)
      : new SmsClient(service.url, credential, named);
  };
  return {
    send: (message) =>
      message.channel === "email"
        ? sendEmail(mail, email, message)
        : sendSms(phone(message.id), sms ?? "", message),
  };
}

/** Wait only for acceptance: delivery is known much later. */
async function sendEmail(client: EmailClient, from: string, { id, address, subject, text }: Message) {
  await client.beginSend(
    {
      senderAddress: from,
      recipients: { to: [{ address }] },
      content: { subject, plainText: text },
      disableUserEngagementTracking: true,
    },
    { abortSignal: AbortSignal.timeout(DEADLINE_MS), operationId: id },
  );
}

async function sendSms(client: SmsClient, from: string, { address, text }: Message) {
  const options = { abortSignal: AbortSignal.timeout(DEADLINE_MS) };
  const [result] = await client.send(
    { from, to: [address], message: text },
    { enableDeliveryReport: false, ...options },
  );
  if (!result?.successful) throw new Error(`the message was not taken: ${result?.httpStatusCode}`);
}

const Body = z.looseObject({ smsRecipients: z.array(z.looseObject({})) });

type Policy = NonNullable<SmsClientOptions["additionalPolicies"]>[number]["policy"];

/** The SDK gives each call a new id. Keep the message's id on retries, or the message is sent twice. */
const underId = (repeatabilityRequestId: string): Policy => ({
  name: "underId",
  async sendRequest(request, next) {
    const body = Body.parse(JSON.parse(String(request.body)));
    const smsRecipients = body.smsRecipients.map((recipient) => ({ ...recipient, repeatabilityRequestId }));
    request.body = JSON.stringify({ ...body, smsRecipients });
    return await next(request);
  },
});
