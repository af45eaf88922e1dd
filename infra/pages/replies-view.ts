/** The replies of an operation except refusals: by status, member by member, with examples. */
import { isDeepStrictEqual } from "node:util";
import { details, pretty, replyExamples } from "./examples.ts";
import { type Html, html, joined } from "./html.ts";
import { inline, type LinkTo } from "./markdown.ts";
import {
  type Content,
  type Document,
  type Operation,
  type Response,
  resolve,
  type Schema,
} from "./openapi.ts";
import { members, typeOf } from "./schema-view.ts";

export const PROBLEM = "application/problem+json";
/** Headers of every reply; the guide mentions them once. */
const EVERYWHERE = ["Cache-Control", "X-Request-Id"];

type Reply = { status: string; response: Response };

export function repliesView(document: Document, { responses }: Operation, linkTo: LinkTo): Html {
  const replies = Object.entries(responses)
    .map(([status, response]) => ({ status, response: resolve(response, document.components.responses) }))
    .filter(({ response }) => !(PROBLEM in response.content));
  const views = ofOneShape(replies).map((group) => groupView(document, group, linkTo));
  return html`<h4>Comes back</h4>
${joined(views, "\n")}`;
}

/** Groups replies whose bodies have the same members. */
function ofOneShape(replies: Reply[]): Reply[][] {
  const groups: { shape: unknown; replies: Reply[] }[] = [];
  for (const reply of replies) {
    const shape = shapeOf(reply.response.content);
    const same = groups.find((group) => isDeepStrictEqual(group.shape, shape));
    if (same) same.replies.push(reply);
    else groups.push({ shape, replies: [reply] });
  }
  return groups.map((group) => group.replies);
}

const shapeOf = (content: Content) => Object.entries(content).map(([type, { schema }]) => [type, schema]);

function groupView(document: Document, replies: Reply[], linkTo: LinkTo): Html {
  const [first] = replies;
  const shapes = Object.entries(first?.response.content ?? {});
  return html`${replies.map((reply) => statusLine(reply, linkTo))}
${shapes.map(([type, { schema }]) => bodyShape(document, type, schema, linkTo))}
${replies.map(({ response }) => exampleViews(response))}`;
}

function statusLine({ status, response }: Reply, linkTo: LinkTo): Html {
  const names = Object.keys(response.headers).filter((name) => !EVERYWHERE.includes(name));
  const shown = names.map((name) => html`<code>${name}</code>`);
  const headers = names.length > 0 ? html` With the header ${joined(shown, ", ")}.` : undefined;
  return html`<p><strong>${status}</strong> ${inline(response.description, linkTo)}${headers}</p>\n`;
}

/** Lists a body's members; an HTML page has none. */
function bodyShape(document: Document, type: string, schema: Schema, linkTo: LinkTo): Html | undefined {
  if (type === "text/html") return undefined;
  const whole = resolve(schema, document.components.schemas);
  return members(whole, linkTo) ?? html`<p>${typeOf(schema)}</p>`;
}

const exampleViews = ({ content }: Response): Html[] =>
  Object.values(content)
    .flatMap(replyExamples)
    .map(({ summary, value }) => html`${details(summary, pretty(value))}\n`);
