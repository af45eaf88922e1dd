/** Parameters and headers of the requests, and headers of the replies, with their descriptions. */
import * as z from "zod";
import type { Endpoint } from "../../lib/http/pipeline/endpoint.ts";
import { isOwnerAccess } from "../../lib/http/pipeline/endpoint.ts";
import { type Json, schemaFor } from "./schemas.ts";

const ETAG = '"0x8DE4B1F4A2C7D30"';
const VISIBLE = "^[\\x21-\\x7e]{1,255}$";

const header = (
  name: string,
  description: string,
  schema: Json,
  example: string,
  required = false,
): Json => ({
  name,
  in: "header",
  description,
  required,
  schema: { type: "string", ...schema },
  example,
});

/** Request headers that several operations share, by their names in the document. */
export const HEADERS = {
  AppVersion: header(
    "App-Version",
    "The calling app, as `ios/VERSION` or `android/VERSION`. An app below the minimum version gets 426 and the version it needs.",
    { pattern: "^(ios|android)/\\d{1,5}(\\.\\d{1,5}){0,3}$" },
    "android/6.6.0",
    true,
  ),
  IfMatch: header(
    "If-Match",
    "The ETag of the state that this request replaces. Exactly one of `If-Match` and `If-None-Match` must be sent: neither gets 428, a stale one 412.",
    { pattern: '^(W/)?"[\\x21\\x23-\\x7e]{1,100}"$' },
    ETAG,
  ),
  IfNothingYet: header(
    "If-None-Match",
    "`*`: there is no backup yet. Exactly one of `If-Match` and `If-None-Match` must be sent.",
    { const: "*" },
    "*",
  ),
  IfNoneMatch: header(
    "If-None-Match",
    "ETags that the caller has, separated by commas, or `*`. If one of them is current, the answer is 304 without a body.",
    {},
    ETAG,
  ),
  IdempotencyKey: header(
    "Idempotency-Key",
    "A name for this request, such as a UUID. A repeat with the same key and body takes effect once and gets the same answer. Another body with the same key gets 422.",
    { pattern: VISIBLE },
    "8f7d2c1e-5b0a-4f6e-9d3c-2a1b0c9d8e7f",
  ),
  DeviceName: header(
    "Device-Name",
    "The owner's name for this device: percent-encoded UTF-8 as `encodeURIComponent` makes it, 1 to 80 characters. Only the device's first upload uses it; later, `PATCH v1/devices/{id}` renames the device.",
    { pattern: "^[\\x20-\\x7e]+$" },
    "Anna%E2%80%99s%20phone",
  ),
  AccountAuthorization: header(
    "Account-Authorization",
    "`Bearer` and an access token of the personal account to be proven, from a sign-in at most five minutes ago. Leave it out for work accounts.",
    { pattern: "^([Bb]earer|[Dd][Pp][Oo][Pp]) +[A-Za-z0-9._~+/-]+=*$" },
    "Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbm5hIn0.c2lnbmF0dXJl",
  ),
} satisfies Record<string, Json>;

const replyHeader = (description: string, schema: Json, example: string | number): Json => ({
  description,
  schema,
  example,
});

export const REPLY_HEADERS = {
  ETag: replyHeader(
    "Names the state that the answer describes. Send it as `If-Match` with the next change.",
    { type: "string" },
    ETAG,
  ),
  RetryAfter: replyHeader(
    "Seconds to wait before repeating the same request.",
    { type: "integer", minimum: 1 },
    5,
  ),
  WwwAuthenticate: replyHeader(
    "The credentials that the client must bring (RFC 6750 §3, RFC 9449 §7.1). If the sign-in is too old, it has `max_age` (RFC 9470 §3).",
    { type: "string" },
    'Bearer error="insufficient_user_authentication", max_age=600',
  ),
  RequestId: replyHeader(
    "Names this request in the service's log.",
    { type: "string", format: "uuid" },
    "3f2b8c54-6d1e-4a0b-9c7f-5e8d2a1b4c60",
  ),
  CacheControl: replyHeader(
    "Caches must not store the answer.",
    { type: "string", const: "no-store" },
    "no-store",
  ),
  CacheControlOfAll: replyHeader(
    "The answer is the same for everybody. Caches may store it and revalidate it with its ETag.",
    { type: "string", const: "no-cache" },
    "no-cache",
  ),
} satisfies Record<string, Json>;

const parameterRef = (name: keyof typeof HEADERS): Json => ({ $ref: `#/components/parameters/${name}` });
export const headerRef = (name: keyof typeof REPLY_HEADERS): Json => ({
  $ref: `#/components/headers/${name}`,
});

/** Descriptions of the path and query parameters. */
const TOLD: Record<string, { description: string; example: string }> = {
  platform: {
    description: "The platform of the backup: the owner's iOS or Android devices.",
    example: "android",
  },
  versionId: {
    description: "The id of a version, from `GET v1/backups/{platform}/versions`.",
    example: "",
  },
  id: { description: "The id from an earlier answer.", example: "" },
  capability: {
    description: "The secret part of the link. Anyone who has it may use it, for thirty days.",
    example: "",
  },
  sweep: { description: "The name of the sweep.", example: "stale" },
  kind: { description: "The last part of a problem's `type`.", example: "stale-precondition" },
  custody: {
    description:
      "Who stores the sealed copy. `client`: the answer has an `envelope` for the owner's own cloud drive. `service`: the service stores it. If left out, `client` on iOS and `service` on Android.",
    example: "service",
  },
  generation: {
    description: "The generation of the device's last upload or recovery; a whole number.",
    example: "1",
  },
  digest: {
    description: "The digest of that generation. Send it only together with `generation`.",
    example: "",
  },
  before: { description: "`next` from the previous page. If left out, the newest page.", example: "100" },
  confirm: { description: "Required, since erased data can't be brought back.", example: "erase-everything" },
  when: {
    description:
      "Erases at once, if a code was just entered on this device that went to the contact confirmed first, before the device came. If left out, the erasure waits.",
    example: "",
  },
  language: { description: "The language of the page. Unknown languages get English.", example: "en" },
};

/** All parameters of an operation, path parameters first. `shown`: values from its first example. */
export function parametersOf(endpoint: Endpoint, shown: Record<string, string>): Json[] {
  const { params, query } = endpoint.request;
  return [
    ...namedIn("path", params, shown),
    ...namedIn("query", query, shown),
    ...headersOf(endpoint).map(parameterRef),
  ];
}

function headersOf({ access, takes }: Endpoint): (keyof typeof HEADERS)[] {
  return [
    ...(isOwnerAccess(access) ? (["AppVersion"] as const) : []),
    ...(takes.precondition ? (["IfMatch", "IfNothingYet"] as const) : []),
    ...(takes.knownEtags ? (["IfNoneMatch"] as const) : []),
    ...(takes.idempotencyKey ? (["IdempotencyKey"] as const) : []),
    ...(takes.deviceName ? (["DeviceName"] as const) : []),
    ...(takes.accountSignIn ? (["AccountAuthorization"] as const) : []),
  ];
}

const Shape = z.looseObject({
  properties: z.record(z.string(), z.looseObject({})).optional(),
  required: z.array(z.string()).optional(),
});

function namedIn(
  place: "path" | "query",
  schema: Endpoint["request"]["query"],
  shown: Record<string, string>,
): Json[] {
  const { properties = {}, required = [] } = Shape.parse(schemaFor(schema));
  const isNeeded = (name: string) =>
    place === "path" || (required.includes(name) && !hasFallback(schema, name));
  return Object.entries(properties).map(([name, member]) => {
    const told = TOLD[name];
    if (!told) throw new Error(`infra/reference/parameters.ts doesn't describe the parameter ${name}`);
    const example = shown[name] ?? told.example;
    return {
      name,
      in: place,
      description: told.description,
      required: isNeeded(name),
      schema: member,
      ...(example !== "" && { example }),
    };
  });
}

/** The parameter has a fallback for invalid and missing values. */
const hasFallback = (schema: z.ZodType, name: string): boolean =>
  schema instanceof z.ZodObject && schema.shape[name] instanceof z.ZodCatch;
