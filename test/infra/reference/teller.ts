/** Sends requests to an app in this process and records them with their answers, in the examples' words. */
import { expect, inject } from "vitest";
import { endpoints } from "../../../functions/endpoints.ts";
import type { Reply } from "../../../infra/local/phone.ts";
import { isOwnerAccess } from "../../../lib/http/pipeline/endpoint.ts";
import type { CheckedPhone } from "../../support/phones.ts";
import type { Watched } from "../../support/step-up.ts";
import { ExampleWords } from "./example-words.ts";

/** `name`: the example's, among those of its operation. */
export type Telling = {
  name: string;
  summary: string;
  params?: Record<string, string>;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: unknown;
  /** A document that the device has sealed itself. */
  sealed?: string;
  status: number;
};

/** A device of the owner's, the token of a provider's app, or nobody. */
type By = CheckedPhone | string | undefined;

export type ToldReply = Telling & { reply?: unknown };

/** The test sets it instead of the example: each request has its own. */
const SECRET = "Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbm5hIn0.c2lnbmF0dXJl";

export class Teller {
  readonly told: Record<string, ToldReply[]> = {};
  readonly words: ExampleWords;
  readonly #watched: Watched;

  constructor(watched: Watched) {
    this.#watched = watched;
    this.words = new ExampleWords(watched.clock.now());
  }

  async ask(operation: string, by: By, telling: Telling): Promise<Reply> {
    const endpoint =
      endpoints.find(({ name }) => name === operation) ?? expect.fail(`no endpoint ${operation}`);
    expect(isOwnerAccess(endpoint.access)).toBe(typeof by === "object");
    const { params = {}, query, headers = {}, body, sealed } = telling;
    const path = endpoint.route.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? "");
    const search = query ? `?${new URLSearchParams(query)}` : "";
    const sent = { ...headers, ...(sealed !== undefined && { "content-type": "application/jose" }) };
    const reply =
      typeof by === "object"
        ? await by.call(endpoint.method, path + search, { body: sealed ?? body, headers: sent })
        : await this.#askOutside(endpoint.method, path + search, by, body, headers);
    expect(reply.status, `${operation}: ${JSON.stringify(reply.body)}`).toBe(telling.status);
    const before = this.told[operation] ?? [];
    this.told[operation] = [...before, this.#inExampleWords(telling, reply)];
    return reply;
  }

  /** An answer that is no example. */
  quietly = (method: string, path: string) => this.#askOutside(method, path, undefined, undefined, {});

  async #askOutside(
    method: string,
    path: string,
    token: string | undefined,
    body: unknown,
    headers: Record<string, string>,
  ) {
    const response = await this.#watched.app.fetch(`${inject("surroundings").api}/${path}`, {
      method,
      headers: {
        ...headers,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined ? { "content-type": "application/json" } : { "content-length": "0" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json");
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(text) : text || undefined,
    };
  }

  #inExampleWords({ body, headers, ...telling }: Telling, { body: reply }: Reply): ToldReply {
    const shown = Object.entries(headers ?? {}).map(([name, value]) => [
      name,
      name === "account-authorization" ? SECRET : this.words.of(value),
    ]);
    return {
      ...telling,
      ...(telling.params && { params: Object(this.words.of(telling.params)) }),
      ...(telling.query && { query: Object(this.words.of(telling.query)) }),
      ...(shown.length > 0 && { headers: Object.fromEntries(shown) }),
      ...(body !== undefined && { body: this.words.of(body) }),
      ...(reply !== undefined && { reply: this.words.of(reply) }),
    };
  }
}
