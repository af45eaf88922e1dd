/** Keeps writers of one owner apart: in turn on one instance, by random waits across instances. */
import { setTimeout } from "node:timers/promises";
import type { OwnerStore } from "../../domain/owner/owner-store.ts";
import type { OwnerId } from "../../domain/owner.ts";

/** A stuck writer holds up the next one no longer than this. */
const LONGEST_TURN_MS = 3000;

/** First in, first out, per owner. */
export function turns(): OwnerStore["inTurn"] {
  const last = new Map<OwnerId, Promise<unknown>>();
  return async (owner, work) => {
    const before = last.get(owner);
    const turn =
      before === undefined
        ? work(false)
        : Promise.race([before, setTimeout(LONGEST_TURN_MS, undefined, { ref: false })]).then(() =>
            work(true),
          );
    const settled = turn.catch(() => undefined);
    last.set(owner, settled);
    try {
      return await turn;
    } finally {
      if (last.get(owner) === settled) last.delete(owner);
    }
  };
}

const [SHORTEST_MS, LONGEST_MS] = [5, 200];

export const pause: OwnerStore["pause"] = async (rounds) => {
  await setTimeout(Math.random() * Math.min(SHORTEST_MS * 2 ** rounds, LONGEST_MS));
};
