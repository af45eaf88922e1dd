/** Remembers values for a while, so that they need not be asked for each time. */
import type { Clock } from "./clock.ts";

/** At most so many values, each at most so long. */
export class Kept<K, V> {
  readonly #entries = new Map<K, { value: V; until: number }>();
  readonly #now: Clock;
  readonly #limits: { most: number; milliseconds: number };

  constructor(now: Clock, limits: { most: number; milliseconds: number }) {
    this.#now = now;
    this.#limits = limits;
  }

  get(key: K): V | undefined {
    const entry = this.#entries.get(key);
    return entry && entry.until > this.#now().getTime() ? entry.value : undefined;
  }

  /** The oldest entry makes room where there are too many. */
  set(key: K, value: V): V {
    this.#entries.delete(key);
    this.#entries.set(key, { value, until: this.#now().getTime() + this.#limits.milliseconds });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.#limits.most && oldest !== undefined) this.#entries.delete(oldest);
    return value;
  }

  delete(key: K): void {
    this.#entries.delete(key);
  }
}

/** Asks at most every so often, however often it is wanted; undefined where that fails. */
export function seldom<T>(
  now: Clock,
  milliseconds: number,
  ask: () => Promise<T>,
): () => Promise<T | undefined> {
  const kept = new Kept<"answer", Promise<T | undefined>>(now, { most: 1, milliseconds });
  return () =>
    kept.get("answer") ??
    kept.set(
      "answer",
      ask().catch(() => undefined),
    );
}
