/** The newest thousand sent messages, in memory. */
import { randomUUID } from "node:crypto";

const most = 1000;

export type Message = {
  id: string;
  channel: "email" | "sms";
  from: string;
  to: string;
  subject?: string;
  text: string;
  /** ISO 8601. */
  receivedAt: string;
};

export type Messages = {
  add(message: Omit<Message, "id" | "receivedAt">): void;
  /** Newest first; of all recipients unless one is named. */
  list(to?: string): Message[];
  clear(): void;
};

export function createMessages(): Messages {
  const kept: Message[] = [];
  return {
    add(message) {
      kept.unshift({ id: randomUUID(), ...message, receivedAt: new Date().toISOString() });
      kept.length = Math.min(kept.length, most);
    },
    list: (to) => (to === undefined ? [...kept] : kept.filter((message) => isSame(message.to, to))),
    clear() {
      kept.length = 0;
    },
  };
}

/** In a query a plus sign means a space, and people don't escape the plus of a phone number. */
const isSame = (address: string, asked: string) =>
  address.toLowerCase() === asked.replace(/^ /, "+").toLowerCase();
