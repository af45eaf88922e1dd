/** Counts the calls of each operation, and those without a valid token. */

export type Counters = {
  count(name: string): void;
  /** Returns the counts and resets them. */
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
