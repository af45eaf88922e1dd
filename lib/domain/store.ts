/** State that is replaced whole, by its ETag: how it is found, stored, and changed while others change it too. */
import { Failure } from "./failure.ts";

export type Stored<T> = { value: T; etag: string };

export interface Store<K, T> {
  /** Fails as `backup-unreadable` if what is stored isn't what was stored. */
  find(key: K): Promise<Stored<T> | undefined>;
  /**
   * The new ETag, or undefined if `replaces` is no longer the stored one: then nothing is written.
   * `incarnation`: that of the owner for whom it was decided; fails as `busy` if they are in another by now.
   */
  put(key: K, value: T, replaces: string | undefined, incarnation?: string): Promise<string | undefined>;
}

/**
 * What a decision leaves behind: the next state, or the stored one as it is. `incarnation`: see `Store.put`.
 */
export type Change<T, R, S = Stored<T>> =
  | { result: R; next: T; incarnation?: string | undefined }
  | { result: R; unchanged: S };

const MAX_ROUNDS = 10;

/**
 * Decides on the state at hand and stores the outcome; if another request came first, decides again on what
 * that one left. Atomic by the store's condition: two callers never both replace one state. Fails as `busy`
 * after `rounds` that were all lost.
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
