/** Counts the calls of each operation, and those without a valid token. */

export type Counters = {
  count(name: string): void;
  /** Returns the counts and resets them. */
  take(): Record<string, number>;
};

export function createCounters(): Counters {
  let counted: Record<string, number> = {};
  return {
    count(name) {
      counted[name] = (counted[name] ?? 0) + 1;
    },
    take() {
      const taken = counted;
      counted = {};
      return taken;
    },
  };
}
