/** The texts that every language needs. To add one, write a file like en.ts and list it in languages.ts. */
import type { HappenedKind, LetterKind } from "../domain/messages/announcement.ts";

/**
 * `link`: empty for contacts that may not shut the device out. `eraseAt`, `revokeAt`: the deadline to stop it.
 * `before`: what happened in the days before an erasure, a line each; empty if nothing did.
 */
export type Facts = {
  deviceName: string;
  at: string;
  code: string;
  link: string;
  eraseAt: string;
  revokeAt: string;
  before: string;
};
type Letter = { subject: string; text(facts: Facts): string };

export type Texts = {
  /** Stands in for the name of a device that has none. */
  unnamed: string;
  letters: Record<LetterKind, Letter>;
  happened: Record<HappenedKind, string>;
  page: {
    title: string;
    question(device: { deviceName: string; platform: string; registeredAt: string }): string;
    lead: string;
    effects: string[];
    button: string;
    /** For a device that has no access now, but may have left something behind. */
    undoQuestion: string;
    undoEffects: string[];
    undoButton: string;
    keep: string;
    doneTitle: string;
    done: string[];
    /** For the link of an alarm whose owner was erased since. */
    erasedTitle: string;
    erased: string[];
    unknownTitle: string;
    unknown: string;
    troubleTitle: string;
    trouble: string;
  };
};

/** Formats a time for people, to the minute, in every language alike. */
export const readable = (time: Date): string => `${time.toISOString().slice(0, 16).replace("T", " ")} UTC`;
