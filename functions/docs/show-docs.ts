/** GET docs: the API reference, for developers (R40). */
import * as z from "zod";
import { endpoint, Nothing } from "../../lib/http/pipeline/endpoint.ts";
import { replyWithPage } from "../../lib/http/replies/built-pages.ts";

export const showDocs = endpoint({
  name: "show-docs",
  summary: "The reference, as a page",
  method: "GET",
  route: "docs",
  access: "anonymous",
  takes: { knownEtags: true },
  page: true,
  tagged: true,
  replies: { 200: z.string(), 304: Nothing },
  handle: ({ knownEtags }, { pages }) => replyWithPage(pages, "docs", knownEtags),
});
