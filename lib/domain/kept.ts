/** Remembers values for a while: at most so many, each at most so long. */
import type { Clock } from "./clock.ts";

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
