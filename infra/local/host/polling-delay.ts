/** How long to wait before the next poll: briefly after messages, then longer and longer, slightly random. */
import { SHORTEST_POLLING_MS } from "./queue-settings.ts";

const SPREAD = 0.2;

export function createPollingDelay(longestMs: number) {
  let waits = 0;
  return {
    /** After messages: starts with the shortest wait again. */
    reset(): void {
      waits = 0;
    },
    nextMs(): number {
      const factor = 1 - SPREAD + Math.random() * 2 * SPREAD;
      const growth = waits === 0 ? 0 : factor * 2 ** (waits - 1);
      const wait = SHORTEST_POLLING_MS * (1 + growth);
      // Once at the longest wait, it stays there until messages come.
      waits = wait < longestMs ? waits + 1 : Number.POSITIVE_INFINITY;
      return Math.min(wait, longestMs);
    },
  };
}
