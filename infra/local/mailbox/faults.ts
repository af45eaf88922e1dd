/** Faults that a test or a demo may order: the next sends are refused, or late, or both. */
import { setTimeout } from "node:timers/promises";
import * as z from "zod";
import { ordered } from "./refusal.ts";

export const Fault = z.strictObject({
  /** Late only, if left out. */
  status: z.int().min(400).max(599).optional(),
  /** How many sends it meets; until it is deleted if left out. */
  times: z.int().positive().default(Number.POSITIVE_INFINITY),
  delayMs: z.int().nonnegative().max(60_000).default(0),
});
type Fault = z.infer<typeof Fault>;

export type Faults = {
  order(fault: Fault | undefined): void;
  /** Rejects with the ordered refusal. */
  meet(): Promise<void>;
};

export function createFaults(): Faults {
  let current: Fault | undefined;
  return {
    order(fault) {
      current = fault;
    },
    async meet() {
      if (!current) return;
      const { status, times, delayMs } = current;
      current = times > 1 ? { ...current, times: times - 1 } : undefined;
      await setTimeout(delayMs, undefined, { ref: false });
      if (status !== undefined) throw ordered(status);
    },
  };
}
