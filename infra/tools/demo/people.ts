/** What people in the story do without a phone: read mail, sign in to an account, run a provider. */
import { setTimeout } from "node:timers/promises";
import * as z from "zod";
import type { Stack } from "../../local/stack.ts";
import { appToken, devToken } from "../../local/tokens.ts";

const Messages = z.array(z.looseObject({ text: z.string(), subject: z.string().optional() }));
export type Message = z.infer<typeof Messages>[number];

const PATIENCE_MS = 20_000;
const GLANCE_MS = 50;

/** Without a subject, any; `says`: a word in it. */
type Expected = { to: string; subject?: string; says?: string };

/** Waits for the newest message with this subject, once there are more than `known`. */
export async function nextMessage(stack: Stack, wanted: Expected, known: number): Promise<Message> {
  const until = Date.now() + PATIENCE_MS;
  while (Date.now() < until) {
    const messages = await messagesWith(stack, wanted);
    const [newest] = messages;
    if (newest && messages.length > known) return newest;
    await setTimeout(GLANCE_MS);
  }
  throw new Error("no message came");
}

export const countMessages = async (stack: Stack, wanted: Expected): Promise<number> =>
  (await messagesWith(stack, wanted)).length;

async function messagesWith({ addresses }: Stack, { to, subject, says = "" }: Expected): Promise<Message[]> {
  const response = await fetch(`${addresses.mailbox}/messages?to=${encodeURIComponent(to)}`);
  return Messages.parse(await response.json()).filter(
    (message) => (subject ?? message.subject) === message.subject && message.text.includes(says),
  );
}

/** Types the password of the account at its own sign-in. */
export const signInTo = (stack: Stack, userName: string) =>
  devToken(stack.addresses.issuer, { subject: `subject of ${userName}`, account: userName });

/** A call that the provider's backend makes with its app token. */
export async function providerCall(
  { addresses }: Stack,
  path: string,
  { client, role, body }: { client: string; role: string; body: object },
): Promise<unknown> {
  const bearer = await appToken(addresses.issuer, client, role);
  const response = await fetch(`${addresses.api}/${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return await response.json();
}
