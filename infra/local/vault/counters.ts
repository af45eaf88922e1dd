/** How many calls of each operation there were, and how many without a valid token. */

export type Counters = {
  count(name: string): void;
  /** As they are now; from here on they begin at zero. */
  take(): Record<string, number>;
};

export function createCounters(operations: readonly string[]): Counters {
  const names = [...operations, "unauthenticated", "unauthenticatedWithBody"];
  const zeros = () => Object.fromEntries(names.map((name) => [name, 0]));
  let counted: Record<string, number> = zeros();
  return {
    count(name) {
      counted[name] = (counted[name] ?? 0) + 1;
    },
    take() {
      const taken = counted;
      counted = zeros();
      return taken;
    },
  };
}
