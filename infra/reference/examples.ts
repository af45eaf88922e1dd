/** Requests that the service takes, and what it answers; the tests send each of them. */
export type Example = {
  name: string;
  summary: string;
  params?: Record<string, string>;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: unknown;
  sealed?: string;
  status: number;
  reply?: unknown;
};

export function examplesOf(_: string): Example[] {
  return [];
}
