/** Turns a Node request into the data that the library builds its HttpRequest from. */
import type { IncomingMessage } from "node:http";
import type { HttpRequestData } from "./core-types.ts";
import { encodePath, type Target } from "./request-target.ts";

type Values = HttpRequestData["nullableHeaders"];

export function toRequestData(
  request: IncomingMessage,
  target: Target,
  params: Record<string, string>,
  body: ArrayBuffer | undefined,
): HttpRequestData {
  return {
    method: request.method ?? "",
    url: `http://${request.headers.host ?? "localhost"}${encodePath(target.path)}${target.query}`,
    nullableHeaders: headers(request.rawHeaders),
    nullableParams: Object.fromEntries(Object.entries(params).map(([name, value]) => [name, { value }])),
    ...(body && { body: { bytes: body } }),
  };
}

/** Lower-case names; the values of a repeated header are joined. */
function headers(raw: string[]): Values {
  const joined: Values = {};
  for (let at = 0; at < raw.length; at += 2)
    add(joined, (raw[at] ?? "").toLowerCase(), fromUtf8(raw[at + 1] ?? ""));
  return joined;
}

function add(values: Values, name: string, value: string): void {
  const known = Object.hasOwn(values, name) ? values[name] : undefined;
  if (known) known.value += `,${value}`;
  else values[name] = { value };
}

function fromUtf8(latin1: string): string {
  return /[\x80-\xff]/.test(latin1) ? Buffer.from(latin1, "latin1").toString() : latin1;
}
