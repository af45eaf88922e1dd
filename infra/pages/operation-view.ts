/** One operation in the reference: what it is for, what to send, what comes back, and what it refuses. */
import { type Called, details, examplesOf, isSameContent, requestExamples, takesProof } from "./examples.ts";
import { type Html, html, joined, type Part } from "./html.ts";
import { blocks, inline, type LinkTo } from "./markdown.ts";
import {
  type Document,
  type Operation,
  type Parameter,
  type Response,
  resolve,
  routeOf,
  type Schema,
} from "./openapi.ts";
import { members, typeOf } from "./schema-view.ts";

const PROBLEM = "application/problem+json";
/** Every answer has them; the guide says so once. */
const EVERYWHERE = ["Cache-Control", "X-Request-Id"];

export function operationView(document: Document, called: Called, linkTo: LinkTo): Html {
  const { method, path, operation } = called;
  const { operationId, summary, description } = operation;
  return html`<section aria-labelledby="${operationId}">
<h3 id="${operationId}">${summary}</h3>
<p class="route"><code><b>${method.toUpperCase()}</b> ${path.slice(1)}</code></p>
<p class="soft">${whoMay(operation)}</p>
${blocks(description, withoutSelf(linkTo, routeOf(method, path)))}
${sendPart(document, called, linkTo)}
${repliesPart(document, operation, linkTo)}
${refusalsPart(document, operation)}
</section>`;
}

/** No link to where one is already. */
const withoutSelf =
  (linkTo: LinkTo, route: string): LinkTo =>
  (code) =>
    code === route ? undefined : linkTo(code);

function whoMay(operation: Operation): Part {
  const access = operation["x-access"];
  if (access === "anonymous") return "For anyone, without a token.";
  if (access === "capability") return "For whoever has the link: it is the key.";
  if (access.startsWith("provider:"))
    return html`For a <a href="#providers">provider's app</a> whose token has the role <code>${access.slice("provider:".length)}</code>.`;
  const fresh =
    access === "owner-fresh" ? html`, after a <a href="#a-fresh-sign-in">fresh sign-in</a>` : undefined;
  return html`For the owner, with a <a href="#a-device-proof">device proof</a>${fresh}.`;
}

function sendPart(document: Document, called: Called, linkTo: LinkTo): Html | undefined {
  const { parameters, requestBody } = called.operation;
  const known = parameters
    .map((parameter) => resolve(parameter, document.components.parameters))
    .filter(({ name }) => name !== "App-Version");
  const examples = requestExamples(document.components, called);
  if (known.length === 0 && !requestBody && takesProof(called.operation)) return undefined;
  return html`<h4>Send</h4>
${known.length > 0 ? parameterList(known, linkTo) : undefined}
${Object.entries(requestBody?.content ?? {}).map(([type, { schema }]) => bodyPart(document, type, schema, linkTo))}
${joined(examples, "\n")}`;
}

const PLACES = { path: "in the path", query: "in the query", header: "header" } as const;

const parameterList = (parameters: Parameter[], linkTo: LinkTo): Html =>
  html`<dl class="members">${parameters.map(
    ({ name, in: where, required, schema, description = "" }) => html`
<dt><code>${name}</code> <span class="soft">${PLACES[where]}${required ? undefined : ", optional"}</span></dt>
<dd><span class="soft">${typeOf({ description, ...schema })}</span>. ${inline(description, linkTo)}</dd>`,
  )}
</dl>`;

function bodyPart(document: Document, type: string, schema: Schema, linkTo: LinkTo): Html {
  const whole = resolve(schema, document.components.schemas);
  const told = whole.description ? html` ${inline(whole.description, linkTo)}` : undefined;
  return html`<p>Body, <code>${type}</code>: ${typeOf(schema)}.${told}</p>
${members(whole, linkTo)}
`;
}

type Answer = { statuses: string[]; response: Response };

function repliesPart(document: Document, { responses }: Operation, linkTo: LinkTo): Html {
  const answers = Object.entries(responses)
    .map(([status, response]) => ({ status, response: resolve(response, document.components.responses) }))
    .filter(({ response }) => !(PROBLEM in response.content));
  return html`<h4>Comes back</h4>
${joined(
  alike(answers).map((answer) => answerView(document, answer, linkTo)),
  "\n",
)}`;
}

/** Those with the same body stand together. */
function alike(answers: { status: string; response: Response }[]): Answer[] {
  const groups: Answer[] = [];
  for (const { status, response } of answers) {
    const same = groups.find((group) => isSameContent(group.response.content, response.content));
    if (same && Object.keys(response.content).length > 0) {
      same.statuses.push(`${status}: ${response.description}`);
    } else groups.push({ statuses: [`${status}: ${response.description}`], response });
  }
  return groups;
}

function answerView(document: Document, { statuses, response }: Answer, linkTo: LinkTo): Html {
  const headers = Object.keys(response.headers).filter((name) => !EVERYWHERE.includes(name));
  const told =
    headers.length > 0
      ? html` With the header ${joined(
          headers.map((name) => html`<code>${name}</code>`),
          ", ",
        )}.`
      : undefined;
  return html`${statuses.map((status) => html`<p>${statusLine(status, linkTo)}${told}</p>\n`)}${Object.entries(
    response.content,
  ).map(
    ([type, content]) => html`${bodyShape(document, type, content.schema, linkTo)}
${joined(
  examplesOf(document.components, content).map(({ summary, value }) =>
    details(summary ?? "Example", typeof value === "string" ? value : JSON.stringify(value, undefined, 2)),
  ),
  "\n",
)}`,
  )}`;
}

function statusLine(text: string, linkTo: LinkTo): Html {
  const [status = "", ...rest] = text.split(": ");
  return html`<strong>${status}</strong> ${inline(rest.join(": "), linkTo)}`;
}

/** A page is for people; what else comes back is told member by member. */
function bodyShape(document: Document, type: string, schema: Schema, linkTo: LinkTo): Html | undefined {
  if (type === "text/html") return undefined;
  const whole = resolve(schema, document.components.schemas);
  return members(whole, linkTo) ?? html`<p>${typeOf(schema)}</p>`;
}

function refusalsPart(document: Document, { responses }: Operation): Html | undefined {
  const refused = Object.entries(responses).flatMap(([status, response]) => {
    const { content } = resolve(response, document.components.responses);
    const schema = content[PROBLEM]?.schema;
    return schema ? [{ status, kinds: kindsIn(schema, document.components.schemas) }] : [];
  });
  if (refused.length === 0) return undefined;
  return html`<h4>Refusals</h4>
<dl class="refusals">${refused.map(
    ({ status, kinds }) => html`
<dt>${status}</dt><dd>${joined(
      kinds.map((kind) => html`<a href="problems/${kind}">${kind}</a>`),
      ", ",
    )}</dd>`,
  )}
</dl>`;
}

/** From the constant `type` of each problem. */
function kindsIn(schema: Schema, schemas: Record<string, Schema>): string[] {
  const { oneOf, properties } = resolve(schema, schemas);
  if (oneOf) return oneOf.flatMap((each) => kindsIn(each, schemas));
  const type = properties?.["type"]?.const;
  return typeof type === "string" ? [type.slice(type.lastIndexOf("/") + 1)] : [];
}
