/** The messages sent to people, from the stack's mailbox. */
import { inject, vi } from "vitest";
import * as z from "zod";

const Messages = z.array(
  z.looseObject({ channel: z.string(), to: z.string(), subject: z.string().optional(), text: z.string() }),
);
export type Message = z.infer<typeof Messages>[number];

async function messagesTo(address: string): Promise<Message[]> {
  const response = await fetch(
    `${inject("surroundings").mailbox}/messages?to=${encodeURIComponent(address)}`,
  );
  return Messages.parse(await response.json());
}

/** Newest first, as soon as there are `count`. */
export const waitForMessages = (address: string, count: number): Promise<Message[]> =>
  vi.waitFor(
    async () => {
      const messages = await messagesTo(address);
      if (messages.length < count) throw new Error(`${messages.length} of ${count} messages`);
      return messages;
    },
    { timeout: 20_000, interval: 50 },
  );

export const codeIn = ({ text }: Message): string => /\b\d{6}\b/.exec(text)?.[0] ?? "";
export const linkIn = ({ text }: Message): string => /https?:\S+/.exec(text)?.[0] ?? "";
