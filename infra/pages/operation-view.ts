/** One operation in the reference: its purpose, request, replies and refusals. */
import { examplesOf } from "../reference/examples.ts";
import { type Called, requestExamples } from "./examples.ts";
import { type Html, html, joined, type Part } from "./html.ts";
import { blocks, inline, type LinkTo } from "./markdown.ts";
import { type Document, type Operation, type Parameter, resolve, routeOf, type Schema } from "./openapi.ts";
import { PROBLEM, repliesView } from "./replies-view.ts";
import { members, typeOf } from "./schema-view.ts";

export function operationView(document: Document, called: Called, linkTo: LinkTo): Html {
  const { method, path, operation } = called;
  const { operationId, summary, description } = operation;
  return html`<section aria-labelledby="${operationId}">
<h3 id="${operationId}">${summary}</h3>
<p class="route"><code><b>${method.toUpperCase()}</b> ${path.slice(1)}</code></p>
<p class="soft">${whoMay(operation)}</p>
${blocks(description, withoutSelf(linkTo, routeOf(method, path)))}
${sendPart(document, called, linkTo)}
${repliesView(document, operation, linkTo)}
${refusalsPart(document, operation)}
</section>`;
}

/** Leaves out links to the operation itself. */
const withoutSelf =
  (linkTo: LinkTo, route: string): LinkTo =>
  (code) =>
    code === route ? undefined : linkTo(code);

function whoMay(operation: Operation): Part {
  const access = operation["x-access"];
  if (access === "anonymous") return "For anyone, without a token.";
  if (access === "capability") return "For anyone who has the link: the link is the key.";
  if (access.startsWith("provider:"))
    return html`For a <a href="#providers">provider's app</a> whose token has the role <code>${access.slice("provider:".length)}</code>.`;
  const fresh =
    access === "owner-fresh" ? html`, after a <a href="#a-fresh-sign-in">fresh sign-in</a>` : undefined;
  return html`For the owner, with a <a href="#a-device-proof">device proof</a>${fresh}.`;
}

function sendPart(document: Document, called: Called, linkTo: LinkTo): Html {
  const { operationId, parameters, requestBody } = called.operation;
  const known = parameters
    .map((parameter) => resolve(parameter, document.components.parameters))
    .filter(({ name }) => name !== "App-Version");
  const examples = requestExamples(document.components, called, examplesOf(endpointOf(operationId)));
  return html`<h4>Send</h4>
${known.length > 0 ? parameterList(known, linkTo) : undefined}
${Object.entries(requestBody?.content ?? {}).map(([type, { schema }]) => bodyPart(document, type, schema, linkTo))}
${joined(examples, "\n")}`;
}

/** The endpoint's name: the operation id in kebab case. */
const endpointOf = (operationId: string) =>
  operationId.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

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

/** Reads the kinds from the constant `type` of each problem. */
function kindsIn(schema: Schema, schemas: Record<string, Schema>): string[] {
  const { oneOf, properties } = resolve(schema, schemas);
  if (oneOf) return oneOf.flatMap((each) => kindsIn(each, schemas));
  const type = properties?.["type"]?.const;
  return typeof type === "string" ? [type.slice(type.lastIndexOf("/") + 1)] : [];
}
