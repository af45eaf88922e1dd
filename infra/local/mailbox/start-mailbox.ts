/** Stands in for Communication Services: takes and shows the emails and texts of its SDKs. */
/** On loopback and in memory only. */
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type LoopbackServer, readBody, sendJson, serveOnLoopback } from "../loopback-server.ts";
import { answerCall } from "./answer-call.ts";
import { createMessages } from "./messages.ts";
import { createOnce } from "./once.ts";
import { openRoute } from "./open-routes.ts";
import { page, pageHeaders } from "./page.ts";
import type { Post } from "./post.ts";

/** The service takes 10 MB. */
const longestBody = 10 * 1024 * 1024;

export type Mailbox = LoopbackServer & {
  /** In the form that both SDKs take. */
  connectionString: string;
};

export async function startMailbox({ port }: { port: number }): Promise<Mailbox> {
  const accessKey = randomBytes(32).toString("base64");
  const server = await serveOnLoopback(port, (url) => {
    const post = newPost(url, accessKey);
    return (request, response) => answer(request, response, post);
  });
  return { ...server, connectionString: `endpoint=${server.url}/;accesskey=${accessKey}` };
}

const newPost = (url: string, accessKey: string): Post => ({
  url,
  accessKey,
  messages: createMessages(),
  operations: createOnce(),
  requests: createOnce(),
  fault: undefined,
});

async function answer(request: IncomingMessage, response: ServerResponse, post: Post): Promise<void> {
  const { method = "GET", url: target = "/" } = request;
  const { pathname, searchParams: query } = new URL(post.url + target);
  const route = `${method} ${pathname}`;
  if (route === "GET /") {
    response.writeHead(200, pageHeaders).end(page(post.messages.list()));
    return;
  }
  const body = await readBody(request, longestBody);
  const reply =
    openRoute(route, { query, body }, post) ??
    answerCall({ method, target, headers: request.headers, body }, post);
  sendJson(response, reply.status, reply.body, reply.headers);
}
