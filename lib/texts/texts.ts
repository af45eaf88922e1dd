/** What has to be said in every language. Adding one is adding a file like en.ts and its line in languages.ts. */
import type { LetterKind } from "../domain/messages/announcement.ts";

/** `link`: empty for whoever may not end the device. `eraseAt`: until when an erasure can be taken back. */
export type Facts = { deviceName: string; at: string; code: string; link: string; eraseAt: string };
type Letter = { subject: string; text(facts: Facts): string };

export type Texts = {
  /** What a device without a name is called. */
  unnamed: string;
  letters: Record<LetterKind, Letter>;
  page: {
    title: string;
    question(device: { deviceName: string; platform: string; registeredAt: string }): string;
    lead: string;
    effects: string[];
    button: string;
    keep: string;
    doneTitle: string;
    done: string[];
    unknownTitle: string;
    unknown: string;
    troubleTitle: string;
    trouble: string;
  };
};

/** A time as people read it in every language, to the minute. */
export const readable = (time: Date): string => `${time.toISOString().slice(0, 16).replace("T", " ")} UTC`;
