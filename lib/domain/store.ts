/** State that is replaced as a whole by ETag: finding, storing, and changing it under concurrency. */
import { Failure } from "./failure.ts";

export type Stored<T> = { value: T; etag: string };

export interface Store<K, T> {
  /** Fails as `backup-unreadable` if the stored bytes were changed. */
  find(key: K): Promise<Stored<T> | undefined>;
  /**
   * The new ETag; undefined, without writing, if `replaces` is no longer the stored one. `incarnation`: of
   * the owner for whom this was decided; fails as `busy` if the owner has another by now.
   */
  put(key: K, value: T, replaces: string | undefined, incarnation?: string): Promise<string | undefined>;
}

/** The outcome of a decision: the next state, or the stored one unchanged. `incarnation`: see `Store.put`. */
export type Change<T, R, S = Stored<T>> =
  | { result: R; next: T; incarnation?: string | undefined }
  | { result: R; unchanged: S };

const MAX_ROUNDS = 10;

/**
 * Decides on the state as held and stores the outcome; if another request came first, decides again on its
 * outcome. Atomic by the store's condition: two callers never replace the same state. Fails as `busy` after
 * losing `rounds` rounds.
 */
export async function change<K, T, R, S extends Stored<T> | undefined = Stored<T>>(
  store: Store<K, T>,
  key: K,
  held: Stored<T> | undefined,
  decide: (stored: Stored<T> | undefined) => Change<T, R, S> | Promise<Change<T, R, S>>,
  rounds = MAX_ROUNDS,
): Promise<{ result: R; stored: Stored<T> | S }> {
  let state = held;
  for (let left = rounds; left > 0; left--) {
    const decided = await decide(state);
    if ("unchanged" in decided) return { result: decided.result, stored: decided.unchanged };
    const etag = await store.put(key, decided.next, state?.etag, decided.incarnation);
    if (etag) return { result: decided.result, stored: { value: decided.next, etag } };
    if (left > 1) state = await store.find(key);
  }
  throw new Failure("busy", "Other requests change the same state at the same time.", {
    retryAfterSeconds: 1,
  });
}
