/** Finds the declaration of a request's endpoint, and checks a reply against it. */
import { expect } from "vitest";
import { endpoints } from "../../functions/endpoints.ts";
import type { Reply } from "../../infra/local/phone.ts";
import { type Endpoint, isForAll, problemsOf } from "../../lib/http/pipeline/endpoint.ts";
import { wwwAuthenticateFor } from "../../lib/http/pipeline/www-authenticate.ts";
import { Problem, typeOf } from "../../lib/http/problems/problem.ts";
import { problems } from "../../lib/http/problems/problems.ts";
import { expectReplyDocumented } from "./documented.ts";

export function endpointFor(
  method: string,
  url: string,
  api: string,
): { endpoint: Endpoint; params: Record<string, string> } {
  const path = url.slice(api.length + 1).split("?")[0] ?? "";
  for (const endpoint of endpoints) {
    const pattern = new RegExp(`^${endpoint.route.replaceAll(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`);
    const match = endpoint.method === method && pattern.exec(path);
    if (match) return { endpoint, params: { ...match.groups } };
  }
  throw new Error(`no endpoint takes ${method} ${path}`);
}

/** Endpoint and document must declare every reply: its status, the shape of its body, its headers. */
export function expectDeclared(endpoint: Endpoint, reply: Reply): void {
  const { status, headers, body } = reply;
  expectReplyDocumented(endpoint, reply);
  expect(headers.get("cache-control")).toBe(keepingOf(endpoint, headers));
  expect(headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  const schema = endpoint.replies[status];
  if (schema) {
    schema.parse(body);
    expectDeclaredHeaders(endpoint, headers);
    return;
  }
  if (endpoint.access === "capability") return void expectDeclaredPage(endpoint, status);
  const problem = Problem.parse(body);
  const declared = problemsOf(endpoint).filter((kind) => kind !== "unexpected");
  expect(declared.map(typeOf)).toContain(problem.type);
  const kind = declared.find((candidate) => typeOf(candidate) === problem.type);
  expect(kind && problems[kind].status).toBe(status);
  expect(headers.get("content-type")).toBe("application/problem+json");
  expect(headers.get("retry-after") !== null).toBe(problem.retry === "as-is");
  expect(headers.get("etag")).toBeNull();
  const challenge =
    kind && wwwAuthenticateFor(kind, { maxAgeSeconds: 1, accountMaxAgeSeconds: 1, authContexts: [] });
  expect(headers.get("www-authenticate") !== null).toBe(challenge !== undefined);
}

function expectDeclaredHeaders({ tagged }: Endpoint, headers: Headers): void {
  if (!tagged) expect(headers.get("etag")).toBeNull();
  for (const name of ["www-authenticate", "retry-after"])
    expect({ name, value: headers.get(name) }).toEqual({ name, value: null });
}

const keepingOf = (endpoint: Endpoint, headers: Headers) =>
  isForAll(endpoint) && headers.get("etag") !== null ? "no-cache" : "no-store";

/** A page tells people of a problem in words, not as a document. */
function expectDeclaredPage(endpoint: Endpoint, status: number): void {
  expect(problemsOf(endpoint).map((kind) => problems[kind].status)).toContain(status);
}
