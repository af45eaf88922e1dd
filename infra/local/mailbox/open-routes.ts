/** The mailbox's own routes, for people, scripts and tests. Communication Services has none of them. */
import { parseBody } from "../loopback-server.ts";
import { Fault, type Post, type Reply } from "./post.ts";
import { badRequest } from "./refusal.ts";

/** Undefined if it is none of them. */
export function openRoute(
  route: string,
  { query, body }: { query: URLSearchParams; body: string },
  post: Post,
): Reply | undefined {
  switch (route) {
    case "GET /messages":
      return { status: 200, body: post.messages.list(query.get("to") ?? undefined) };
    case "DELETE /messages":
      post.messages.clear();
      return { status: 204 };
    case "PUT /dev/faults":
      post.fault = parseBody(Fault, body, badRequest);
      return { status: 204 };
    case "DELETE /dev/faults":
      post.fault = undefined;
      return { status: 204 };
    default:
      return undefined;
  }
}
