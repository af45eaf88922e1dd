/** What there is to say about each kind of problem. */

/** Whether the same request may succeed later: as it is (after `Retry-After`), once changed, or not at all. */
export const RETRIES = ["as-is", "after-change", "never"] as const;
type Retry = (typeof RETRIES)[number];

export type Entry = { status: number; title: string; remedy: string; retry: Retry };

export const entry = (status: number, retry: Retry, title: string, remedy: string): Entry => ({
  status,
  title,
  remedy,
  retry,
});
