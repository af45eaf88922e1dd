/** How long to wait for the next poll: shortly after messages came, then longer and longer, each wait a little random. */
import { SHORTEST_POLLING_MS } from "./queue-settings.ts";

const SPREAD = 0.2;

export interface PollingDelay {
  /** Messages have come: begin with the shortest wait again. */
  reset(): void;
  nextMs(): number;
}

export function createPollingDelay(longestMs: number): PollingDelay {
  let waits = 0;
  return {
    reset() {
      waits = 0;
    },
    nextMs() {
      const factor = 1 - SPREAD + Math.random() * 2 * SPREAD;
      const growth = waits === 0 ? 0 : factor * 2 ** (waits - 1);
      const wait = SHORTEST_POLLING_MS * (1 + growth);
      // Once the longest, the longest until messages come.
      waits = wait < longestMs ? waits + 1 : Number.POSITIVE_INFINITY;
      return Math.min(wait, longestMs);
    },
  };
}
