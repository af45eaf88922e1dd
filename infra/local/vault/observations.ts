/** What the vault remembers of its calls: counts by operation and an audit list. Never a body, never a token. */

const auditLength = 1000;

type AuditEvent = {
  time: string;
  operation: string;
  principal: string;
  resource: string;
  status: number;
};
type Counters = Record<string, number>;

export type Observations = {
  count(operation: string): void;
  counters(): Counters;
  /** As they are now; from here on they begin at zero. */
  takeCounters(): Counters;
  record(event: AuditEvent): void;
  audit(): readonly AuditEvent[];
};

export function createObservations(operations: readonly string[]): Observations {
  const names = [...operations, "unauthenticated", "unauthenticatedWithBody"];
  const zeros = () => Object.fromEntries(names.map((name) => [name, 0]));
  let counters: Counters = zeros();
  const events: AuditEvent[] = [];
  return {
    count(operation) {
      counters[operation] = (counters[operation] ?? 0) + 1;
    },
    counters: () => ({ ...counters }),
    takeCounters() {
      const taken = counters;
      counters = zeros();
      return taken;
    },
    record(event) {
      events.push(event);
      if (events.length > auditLength) events.shift();
    },
    audit: () => [...events],
  };
}
