/** GET problems/{kind}: the page behind a problem's `type`: what happened and what to do (R41). */
import * as z from "zod";
import { endpoint, Nothing } from "../../lib/http/pipeline/endpoint.ts";
import { replyWithPage } from "../../lib/http/replies/built-pages.ts";

/** For developers and for the phone's owner. */
export const showProblem = endpoint({
  name: "show-problem",
  summary: "What a problem means and what to do, as a page",
  method: "GET",
  route: "problems/{kind}",
  access: "anonymous",
  takes: { knownEtags: true },
  page: true,
  tagged: true,
  request: { params: z.strictObject({ kind: z.string() }) },
  replies: { 200: z.string(), 304: Nothing, 404: z.string() },
  /** An unknown kind gets the list of all kinds. */
  async handle({ params, knownEtags }, { pages }) {
    const path = `problems/${params.kind.toLowerCase()}`;
    if (await pages(path)) return await replyWithPage(pages, path, knownEtags);
    const { body, styleHash } = await replyWithPage(pages, "unknown-problem", []);
    return { status: 404, body: body ?? "", styleHash };
  },
});
