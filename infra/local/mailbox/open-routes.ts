/** The mailbox's own routes, for people, scripts and tests. Communication Services has none of them. */
import { Fault } from "./faults.ts";
import { parseBody } from "./parse-body.ts";
import type { Post, Reply } from "./post.ts";

export type OpenRoute = (post: Post, request: { query: URLSearchParams; body: string }) => Reply;

export const openRoutes = new Map<string, OpenRoute>([
  [
    "GET /messages",
    ({ messages }, { query }) => ({ status: 200, body: messages.list(query.get("to") ?? undefined) }),
  ],
  [
    "DELETE /messages",
    ({ messages }) => {
      messages.clear();
      return { status: 204 };
    },
  ],
  [
    "PUT /dev/faults",
    ({ faults }, { body }) => {
      faults.order(parseBody(Fault, body));
      return { status: 204 };
    },
  ],
  [
    "DELETE /dev/faults",
    ({ faults }) => {
      faults.order(undefined);
      return { status: 204 };
    },
  ],
]);
