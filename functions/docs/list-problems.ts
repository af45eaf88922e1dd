/** GET problems: a page that lists and links all kinds of problems (R41). */
import * as z from "zod";
import { endpoint, Nothing } from "../../lib/http/pipeline/endpoint.ts";
import { replyWithPage } from "../../lib/http/replies/built-pages.ts";

export const listProblems = endpoint({
  name: "list-problems",
  summary: "All problems, as a page",
  method: "GET",
  route: "problems",
  access: "anonymous",
  takes: { knownEtags: true },
  page: true,
  tagged: true,
  replies: { 200: z.string(), 304: Nothing },
  handle: ({ knownEtags }, { pages }) => replyWithPage(pages, "problems", knownEtags),
});
