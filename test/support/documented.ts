/** Checks requests and replies against the OpenAPI document, with a JSON Schema reader independent of zod. */
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { expect, inject } from "vitest";
import type { Call, Reply } from "../../infra/local/phone.ts";
import type { Json } from "../../infra/reference/schemas.ts";
import type { Endpoint } from "../../lib/http/pipeline/endpoint.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** As published, except that replies may have no undocumented members. */
    document: Json;
  }
}

type Called = Pick<Endpoint, "method" | "route">;

export class Documented {
  readonly #document: Json;
  readonly #ajv: Ajv2020;

  constructor(document: Json) {
    this.#document = document;
    this.#ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, strictTypes: false });
    // The document's own keywords, which contain the schemas.
    this.#ajv.addVocabulary(["discriminator", ...Object.keys(document)]);
    formats.default(this.#ajv);
    this.#ajv.addSchema({ $id: "document", ...document }, undefined, undefined, false);
  }

  /** What is wrong with it; empty if it matches the document. */
  requestFaults({ method, route }: Called, type: string, body: unknown): string[] {
    const at = ["paths", `/${route}`, method.toLowerCase(), "requestBody", "content", type, "schema"];
    return this.#faults(at, body);
  }

  replyFaults({ method, route }: Called, { status, headers, body }: Reply): string[] {
    const at = this.#follow(["paths", `/${route}`, method.toLowerCase(), "responses", String(status)]);
    const reply = this.#find(at);
    if (!reply) return [`the document has no status ${status} there`];
    const [type = ""] = headers.get("content-type")?.split(";") ?? [];
    if (body === undefined) return "content" in reply ? ["there is no body"] : [];
    return [
      ...undocumentedHeaders(reply, headers),
      ...this.#faults([...at, "content", type, "schema"], body),
    ];
  }

  #faults(path: string[], value: unknown): string[] {
    if (!this.#find(path)) return [`the document has no ${path.join(" ")}`];
    const pointer = path.map((step) => encodeURIComponent(step.replaceAll("~", "~0").replaceAll("/", "~1")));
    const validate = this.#ajv.getSchema(`document#/${pointer.join("/")}`);
    if (!validate) return [`${path.join(" ")} is no schema`];
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  }

  #find(path: string[]): Json | undefined {
    let found: unknown = this.#document;
    for (const step of path) found = isJson(found) ? found[step] : undefined;
    return isJson(found) ? found : undefined;
  }

  /** Follows a reference to its target, if there is one. */
  #follow(path: string[]): string[] {
    const reference = this.#find(path)?.["$ref"];
    return typeof reference === "string" ? reference.slice(2).split("/") : path;
  }
}

const isJson = (value: unknown): value is Json => typeof value === "object" && value !== null;

/** Headers of this API; the host and the network add others. */
const TOLD = [
  "cache-control",
  "x-request-id",
  "etag",
  "retry-after",
  "www-authenticate",
  "allow",
  "location",
];

function undocumentedHeaders(reply: Json, headers: Headers): string[] {
  const documented = Object.keys(isJson(reply["headers"]) ? reply["headers"] : {}).map((name) =>
    name.toLowerCase(),
  );
  const wrong = TOLD.filter((name) => headers.has(name) && !documented.includes(name));
  return wrong.map((name) => `the document has no header ${name} there`);
}

let documented: Documented | undefined;

function theDocument(): Documented {
  documented ??= new Documented(inject("document"));
  return documented;
}

/**
 * The document must accept everything that the service accepts. Also fails for a body that is no JSON text.
 */
export function expectRequestDocumented(endpoint: Endpoint, { body, headers = {} }: Call): void {
  const { "content-type": type = "application/json" } = headers;
  const [media = ""] = type.split(";");
  const isText = typeof body === "string" && media === "application/json";
  const faults = theDocument().requestFaults(endpoint, media, isText ? JSON.parse(body) : body);
  expect(faults, `a request of ${endpoint.name}`).toEqual([]);
}

export function expectReplyDocumented(endpoint: Endpoint, reply: Reply): void {
  const what = `a reply of ${endpoint.name}: ${reply.status} ${JSON.stringify(reply.body)}`;
  expect(theDocument().replyFaults(endpoint, reply), what).toEqual([]);
}
