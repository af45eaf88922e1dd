/** Records the long tests' requests and answers, one per line, to check against the OpenAPI document. */
import { appendFileSync } from "node:fs";
import { inject } from "vitest";
import type { Fetch } from "../../infra/local/phone.ts";
import { endpointFor } from "./declared.ts";

/** For each operation, status and problem in a test file: a thousand alike say no more. */
const MOST_ALIKE = 3;
const SECRET = ["authorization", "dpop", "account-authorization"];

const alike = new Map<string, number>();

/** Records only in the long tests. */
export const recorded =
  (fetch: Fetch): Fetch =>
  async (url, init) => {
    const response = await fetch(url, init);
    const { traffic } = inject("surroundings");
    if (traffic !== undefined) record(traffic, url, init, response, await response.clone().text());
    return response;
  };

function record(
  file: string,
  url: string,
  init: RequestInit,
  { status, headers }: Response,
  text: string,
): void {
  const method = String(init.method);
  const { api } = inject("surroundings");
  const path = url.slice(url.indexOf("/api/"));
  const type = headers.get("content-type") ?? "";
  const problem = type.includes("problem") ? JSON.parse(text).type : "";
  const key = [endpointFor(method, `${new URL(api).origin}${path}`, api).endpoint.name, status, problem].join(
    " ",
  );
  const times = (alike.get(key) ?? 0) + 1;
  alike.set(key, times);
  if (times > MOST_ALIKE) return;
  const sent = new Headers(init.headers);
  const body = init.body === undefined || init.body === null ? undefined : String(init.body);
  const request = { method, path, headers: pairs(sent), ...(body !== undefined && { body }) };
  appendFileSync(
    file,
    `${JSON.stringify({ request, response: { status, headers: pairs(headers), text } })}\n`,
  );
}

/** Without anything that could be used again. */
const pairs = (headers: Headers) =>
  [...headers].map(([name, value]) => ({ name, value: SECRET.includes(name) ? value.slice(0, 10) : value }));
