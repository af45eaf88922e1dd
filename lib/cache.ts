/** A cache with a size limit and an expiry. */
import type { Clock } from "./domain/clock.ts";

/** `most`: the limit of all sizes together. `milliseconds`: how long a value stays. */
export class Cache<K, V> {
  readonly #entries = new Map<K, { value: V; size: number; until: number }>();
  readonly #now: Clock;
  readonly #limits: { most: number; milliseconds: number };
  #size = 0;

  constructor(now: Clock, limits: { most: number; milliseconds: number }) {
    this.#now = now;
    this.#limits = limits;
  }

  get(key: K): V | undefined {
    const entry = this.#entries.get(key);
    return entry && entry.until > this.#now().getTime() ? entry.value : undefined;
  }

  /** Drops the oldest entries if the cache is too big. */
  set(key: K, value: V, size = 1): V {
    this.delete(key);
    this.#entries.set(key, { value, size, until: this.#now().getTime() + this.#limits.milliseconds });
    this.#size += size;
    for (const oldest of this.#entries.keys()) {
      if (this.#size <= this.#limits.most) break;
      this.delete(oldest);
    }
    return value;
  }

  delete(key: K): void {
    this.#size -= this.#entries.get(key)?.size ?? 0;
    this.#entries.delete(key);
  }
}

/** Asks at most once per period; undefined if asking fails. */
export function memoizeFor<T>(
  now: Clock,
  milliseconds: number,
  ask: () => Promise<T>,
): () => Promise<T | undefined> {
  const kept = new Cache<"answer", Promise<T | undefined>>(now, { most: 1, milliseconds });
  return () =>
    kept.get("answer") ??
    kept.set(
      "answer",
      ask().catch(() => undefined),
    );
}
