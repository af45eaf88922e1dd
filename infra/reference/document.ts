/** Makes the OpenAPI 3.1 document from the endpoints' declarations. */
import { readFileSync } from "node:fs";
import { STATUS_CODES } from "node:http";
import { join } from "node:path";
import type * as z from "zod";
import { endpoints } from "../../functions/endpoints.ts";
import {
  type Endpoint,
  isForAll,
  isOwnerAccess,
  isProviderAccess,
  Nothing,
  takesBody,
} from "../../lib/http/pipeline/endpoint.ts";
import { describeSchemas } from "./describe-schemas.ts";
import { type Example, examplesOf } from "./examples.ts";
import { INTRODUCTION } from "./introduction.ts";
import { AREAS, OPERATIONS, type Operation } from "./operations.ts";
import { HEADERS, headerRef, parametersOf, REPLY_HEADERS } from "./parameters.ts";
import { problemReplies, problemSchemas, sharedProblemReplies } from "./problem-schemas.ts";
import { isJson, type Json, namedSchemas, schemaFor } from "./schemas.ts";

export const ROOT = join(import.meta.dirname, "../..");

/**
 * `answers`: whether replies may have undocumented members. The published document is `open`, since a later
 * version of v1 may add some; tests check replies against the `closed` one, to find undocumented members.
 */
export function openApiDocument({ answers }: { answers: "open" | "closed" }): Json {
  const named = describeSchemas(namedSchemas());
  const schemas = { ...named, ...problemSchemas(named["Problem"] ?? {}) };
  return {
    openapi: "3.1.1",
    info: {
      title: "Authenticator backup",
      version: version(),
      summary: "Backup and recovery of account credentials for authenticator apps.",
      description: INTRODUCTION,
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/api", description: "This service." }],
    tags: Object.entries(AREAS).map(([name, description]) => ({ name, description })),
    paths: paths(),
    components: {
      securitySchemes: SECURITY_SCHEMES,
      parameters: HEADERS,
      headers: REPLY_HEADERS,
      responses: sharedProblemReplies(endpoints),
      schemas: answers === "open" ? openAnswers(schemas) : schemas,
    },
  };
}

function version(): string {
  const { version }: { version: string } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  return version;
}

const SECURITY_SCHEMES: Json = {
  token: {
    type: "http",
    scheme: "bearer",
    description:
      "`Authorization: Bearer` with an access token of the owner's recovery account, from a configured OpenID provider.",
  },
  deviceProof: {
    type: "apiKey",
    in: "header",
    name: "DPoP",
    description:
      "A proof by the device's P-256 key, new for each request (RFC 9449 §4): a JWT with the header `typ: dpop+jwt`, `alg: ES256` and the public `jwk`, and the claims `htm`, " +
      "`htu`, `iat`, `jti` and `ath`. The key's thumbprint (RFC 7638) is the device's id.",
  },
  providerToken: {
    type: "http",
    scheme: "bearer",
    description:
      "`Authorization: Bearer` with an access token of the provider's app. Its claim `roles` must contain the operation's role.",
  },
};

function paths(): Json {
  const all: Record<string, Json> = {};
  for (const [name, operation] of Object.entries(OPERATIONS)) {
    const endpoint = endpoints.find((each) => each.name === name);
    if (!endpoint) throw new Error(`infra/reference/operations.ts describes ${name}, which is no endpoint`);
    const path = `/${endpoint.route}`;
    all[path] = { ...all[path], [endpoint.method.toLowerCase()]: operationObject(endpoint, operation) };
  }
  const missing = endpoints.filter(({ name }) => !(name in OPERATIONS)).map(({ name }) => name);
  if (missing.length > 0)
    throw new Error(`infra/reference/operations.ts doesn't describe ${missing.join(", ")}`);
  return all;
}

function operationObject(endpoint: Endpoint, operation: Operation): Json {
  const examples = examplesOf(endpoint.name);
  const [first] = examples;
  const parameters = parametersOf(endpoint, { ...first?.params, ...first?.query });
  return {
    operationId: camelCase(endpoint.name),
    tags: [operation.area],
    summary: endpoint.summary,
    description: [operation.description, ...needs(endpoint)].join("\n\n"),
    "x-access": endpoint.access,
    security: securityOf(endpoint),
    ...(parameters.length > 0 && { parameters }),
    ...(takesBody(endpoint) && { requestBody: requestBody(endpoint, examples) }),
    responses: Object.fromEntries([...replies(endpoint, operation, examples), ...problemReplies(endpoint)]),
  };
}

const camelCase = (name: string) => name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Access requirements that a security scheme can't express. */
function needs({ access, devices }: Endpoint): string[] {
  return [
    ...(access === "owner-fresh"
      ? ["Needs a fresh sign-in: `auth_time` at most ten minutes ago, unless the service is set otherwise."]
      : []),
    ...(isOwnerAccess(access) && devices === "any" ? ["Unregistered devices may call it."] : []),
    ...(isProviderAccess(access) ? [`Needs the role \`${access.replace("provider:", "")}\`.`] : []),
    ...(access === "capability" ? ["Anyone who has the link may use it, without a token."] : []),
  ];
}

function securityOf({ access }: Endpoint): Json[] {
  if (isOwnerAccess(access)) return [{ token: [], deviceProof: [] }];
  return isProviderAccess(access) ? [{ providerToken: [] }] : [];
}

const byName = (examples: Example[], value: (example: Example) => unknown): Json => {
  const told = examples.filter((example) => value(example) !== undefined);
  const entries = told.map((example) => [example.name, { summary: example.summary, value: value(example) }]);
  return entries.length === 0 ? {} : { examples: Object.fromEntries(entries) };
};

function requestBody({ request, takes }: Endpoint, examples: Example[]): Json {
  const json = examples.filter(({ sealed }) => sealed === undefined);
  return {
    required: true,
    content: {
      "application/json": { schema: schemaFor(request.body), ...byName(json, ({ body }) => body) },
      ...(takes.jwe && {
        "application/jose": { schema: JWE, ...byName(examples, ({ sealed }) => sealed) },
      }),
    },
  };
}

const JWE: Json = {
  type: "string",
  pattern: "^[\\w-]+\\.[\\w-]*\\.[\\w-]+\\.[\\w-]*\\.[\\w-]+$",
  description:
    "A compact JWE (RFC 7516 §7.1) with `alg` and `enc`, not compressed. The service stores it but can't read it.",
};

const replies = (endpoint: Endpoint, operation: Operation, examples: Example[]): [string, Json][] =>
  Object.entries(endpoint.replies).map(([status, schema]) => {
    const shown = byName(
      examples.filter((each) => String(each.status) === status),
      ({ reply }) => reply,
    );
    const description = operation.replies?.[Number(status)] ?? `${STATUS_CODES[status]}.`;
    const content = schema === Nothing ? {} : { content: contentOf(endpoint, schema, shown) };
    return [status, { description, headers: headersOf(endpoint, status), ...content }];
  });

/** A 404 has no ETag. */
function headersOf(endpoint: Endpoint, status: string): Json {
  const isTagged = endpoint.tagged && status !== "404";
  return {
    "Cache-Control": headerRef(isTagged && isForAll(endpoint) ? "CacheControlOfAll" : "CacheControl"),
    "X-Request-Id": headerRef("RequestId"),
    ...(isTagged && { ETag: headerRef("ETag") }),
  };
}

const contentOf = ({ page }: Endpoint, schema: z.ZodType, shown: Json): Json =>
  page
    ? { "text/html": { schema: { type: "string" }, ...shown } }
    : { "application/json": { schema: schemaFor(schema), ...shown } };

/** Lets schemas that no request uses have additional members. */
function openAnswers(schemas: Record<string, Json>): Record<string, Json> {
  const asked = new Set(
    endpoints.filter(takesBody).flatMap(({ request }) => reachable(schemaFor(request.body), schemas)),
  );
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, asked.has(name) ? schema : opened(schema)]),
  );
}

function reachable(schema: Json, schemas: Record<string, Json>, seen = new Set<string>()): string[] {
  for (const [, name = ""] of JSON.stringify(schema).matchAll(/#\/components\/schemas\/(\w+)/g)) {
    if (seen.has(name)) continue;
    seen.add(name);
    reachable(schemas[name] ?? {}, schemas, seen);
  }
  return [...seen];
}

function opened(schema: Json): Json {
  const inner = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inner);
    return isJson(value) ? opened(value) : value;
  };
  const entries = Object.entries(schema).filter(
    ([name, member]) => !(name === "additionalProperties" && member === false),
  );
  return Object.fromEntries(entries.map(([name, member]) => [name, inner(member)]));
}
