/** A port that sends one message to one person, now; callers retry later. */
export type Message = {
  /** The same for every try, so that a try whose answer was lost isn't sent twice. */
  id: string;
  channel: "email" | "phone";
  address: string;
  subject: string;
  text: string;
};

export interface Messenger {
  /** Fails as `messages-unavailable`. */
  send(message: Message): Promise<void>;
}
