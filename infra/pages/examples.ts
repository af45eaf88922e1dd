/** Example requests and replies: a curl command if that suffices, else the raw HTTP request. */
import type { Example } from "../reference/examples.ts";
import { type Html, html } from "./html.ts";
import { codeBlock } from "./markdown.ts";
import { type Content, type Document, type Operation, type Parameter, resolve } from "./openapi.ts";

export type Called = { method: string; path: string; operation: Operation };

/** The examples in the document. */
export const replyExamples = ({
  example,
  examples,
}: Content[string]): { summary?: string | undefined; value: unknown }[] =>
  examples ? Object.values(examples) : example === undefined ? [] : [{ value: example }];

export const pretty = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value, undefined, 2);

/** An example, folded until the reader opens it. */
export const details = (summary: string | undefined, text: string): Html =>
  html`<details><summary>Example${summary && `: ${summary}`}</summary>\n${codeBlock(text)}\n</details>`;

const takesProof = (operation: Operation): boolean => operation["x-access"].startsWith("owner");

/** Requests that the tests really sent. `examples`: those of this operation. */
export function requestExamples(
  { parameters: named }: Document["components"],
  called: Called,
  examples: Example[],
): Html[] {
  const parameters = called.operation.parameters.map((parameter) => resolve(parameter, named));
  return examples.map((example) => {
    const headers = headersOf(called.operation, parameters, example);
    const told = takesProof(called.operation)
      ? onTheWire(called, example, headers)
      : curl(called, example, headers);
    return details(example.summary, told);
  });
}

const LATEST_APP: Record<string, string> = { ios: "ios/5.7.0", android: "android/6.6.0" };

function headersOf(operation: Operation, parameters: Parameter[], example: Example): string[] {
  const { headers = {}, params, body, sealed } = example;
  const shown = Object.entries(headers).map(([name, value]) => {
    const known = parameters.find((each) => each.name.toLowerCase() === name);
    return `${known?.name ?? name}: ${value}`;
  });
  const type = sealed === undefined ? "application/json" : "application/jose";
  return [
    ...(takesProof(operation)
      ? [...OWNERS, `App-Version: ${LATEST_APP[params?.["platform"] ?? "android"]}`]
      : []),
    ...(operation["x-access"].startsWith("provider:") ? ["Authorization: Bearer $TOKEN"] : []),
    ...shown,
    ...(bodyOf({ body, sealed }) === undefined ? [] : [`Content-Type: ${type}`]),
  ];
}

const OWNERS = ["Authorization: Bearer eyJhbGciOiJSUzI1NiIs…", "DPoP: eyJ0eXAiOiJkcG9wK2p3dCIs…"];

const bodyOf = ({ body, sealed }: Pick<Example, "body" | "sealed">): unknown => sealed ?? body;

function onTheWire({ method, path }: Called, example: Example, headers: string[]): string {
  const body = bodyOf(example);
  return [
    `${method.toUpperCase()} /api${filledIn(path, example)} HTTP/1.1`,
    "Host: backup.example",
    ...headers,
    ...(body === undefined ? [] : ["", pretty(body)]),
  ].join("\n");
}

function curl({ method, path }: Called, example: Example, headers: string[]): string {
  const body = bodyOf(example);
  const usual = body === undefined ? "get" : "post";
  return [
    `curl${method === usual ? "" : ` -X ${method.toUpperCase()}`} "$API${filledIn(path, example)}"`,
    ...headers.map((header) => `-H "${header.replaceAll('"', '\\"')}"`),
    ...(body === undefined ? [] : [`-d '${pretty(body).replaceAll("'", "'\\''")}'`]),
  ].join(" \\\n  ");
}

function filledIn(path: string, { params = {}, query = {} }: Example): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ""));
  const told = new URLSearchParams(query).toString();
  return told === "" ? filled : `${filled}?${told}`;
}
