/** The mailbox's own routes, for people, scripts and tests. Communication Services has none of them. */
import { parseBody } from "./parse-body.ts";
import { Fault, type Post, type Reply } from "./post.ts";

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
    (post, { body }) => {
      post.fault = parseBody(Fault, body);
      return { status: 204 };
    },
  ],
  [
    "DELETE /dev/faults",
    (post) => {
      post.fault = undefined;
      return { status: 204 };
    },
  ],
]);
