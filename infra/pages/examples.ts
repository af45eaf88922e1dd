/** What is sent and what comes back, as one would see it: a curl command where that is all it takes, else the request as it is on the wire. */
import { type Html, html } from "./html.ts";
import { codeBlock } from "./markdown.ts";
import {
  type Content,
  type Document,
  type Operation,
  type Parameter,
  resolve,
  type Schema,
} from "./openapi.ts";

type Example = { summary: string | undefined; value: unknown };
export type Called = { method: string; path: string; operation: Operation };

/** Those of the media type, else those of its schema. */
export function examplesOf({ schemas }: Document["components"], content: Content[string]): Example[] {
  const { example, examples, schema } = content;
  if (examples) return Object.values(examples).map(({ summary, value }) => ({ summary, value }));
  if (example !== undefined) return [{ summary: undefined, value: example }];
  const { examples: own = [] }: Schema = resolve(schema, schemas);
  return own.map((value) => ({ summary: undefined, value }));
}

export const pretty = (value: unknown) =>
  typeof value === "string" ? value : JSON.stringify(value, undefined, 2);

/** Optional headers that most requests of an app have all the same. */
const USUAL = ["If-Match", "Idempotency-Key"];

/** One for each example of the body; one if there is no body. */
export function requestExamples(components: Document["components"], called: Called): Html[] {
  const { requestBody, parameters } = called.operation;
  const known = parameters.map((parameter) => resolve(parameter, components.parameters));
  const bodies = Object.entries(requestBody?.content ?? {}).flatMap(([type, content]) =>
    examplesOf(components, content).map((example) => ({ type, ...example })),
  );
  if (requestBody && bodies.length === 0) return [];
  const all = bodies.length > 0 ? bodies : [undefined];
  return all.map((body) => {
    const text = takesProof(called.operation) ? onTheWire(called, known, body) : curl(called, known, body);
    return details(body?.summary, text);
  });
}

export const takesProof = (operation: Operation): boolean => operation["x-access"].startsWith("owner");

/** Folded away until somebody wants to see it. */
export const details = (summary: string | undefined, text: string): Html =>
  html`<details><summary>Example${summary && `: ${summary}`}</summary>
${codeBlock(text)}
</details>`;

type Body = Example & { type: string };

function onTheWire({ method, path }: Called, parameters: Parameter[], body: Body | undefined): string {
  const lines = [
    `${method.toUpperCase()} /api${filledIn(path, parameters)} HTTP/1.1`,
    "Host: backup.example",
    "Authorization: Bearer eyJhbGciOiJSUzI1NiIs…",
    "DPoP: eyJ0eXAiOiJkcG9wK2p3dCIs…",
    ...headersIn(parameters),
    ...(body ? [`Content-Type: ${body.type}`] : []),
  ];
  return [...lines, ...(body ? ["", pretty(body.value)] : [])].join("\n");
}

function curl({ method, path, operation }: Called, parameters: Parameter[], body: Body | undefined): string {
  const headers = [
    ...(operation["x-access"].startsWith("provider:") ? ["Authorization: Bearer $TOKEN"] : []),
    ...headersIn(parameters),
    ...(body ? [`Content-Type: ${body.type}`] : []),
  ];
  const usual = body ? "post" : "get";
  const parts = [
    `curl${method === usual ? "" : ` -X ${method.toUpperCase()}`} "$API${filledIn(path, parameters)}"`,
    ...headers.map((header) => `-H "${header.replaceAll('"', '\\"')}"`),
    ...(body ? [`-d '${pretty(body.value).replaceAll("'", "'\\''")}'`] : []),
  ];
  return parts.join(" \\\n  ");
}

const headersIn = (parameters: Parameter[]) =>
  parameters
    .filter(({ in: where, required, name }) => where === "header" && (required || USUAL.includes(name)))
    .map(({ name, example }) => `${name}: ${example}`);

/** With what must stand in the query; the rest is described. */
function filledIn(path: string, parameters: Parameter[]): string {
  const named = (name: string) =>
    parameters.find((each) => each.in === "path" && each.name === name)?.example;
  const filled = path.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = named(name);
    return value === undefined ? whole : encodeURIComponent(String(value));
  });
  const query = parameters.filter(({ in: where, required }) => where === "query" && required);
  const told = query.map(({ name, example }) => `${name}=${encodeURIComponent(String(example))}`);
  return told.length > 0 ? `${filled}?${told.join("&")}` : filled;
}
