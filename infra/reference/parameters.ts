/** Headers and other parameters of the requests, and headers of the replies. */
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

/** Those that several operations share, by their names in the document. */
export const HEADERS = {
  AppVersion: header(
    "App-Version",
    "The app that asks, as `ios/VERSION` or `android/VERSION`. Versions older than the service is set to get 426 and the version they need.",
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
    "ETags that are at hand, separated by commas, or `*`. If the state still has one of them, the answer is 304 without a body.",
    {},
    ETAG,
  ),
  IdempotencyKey: header(
    "Idempotency-Key",
    "A name for this request, such as a UUID: repeated with the same key and body, it is done once and answered again. Another body under the same key gets 422.",
    { pattern: VISIBLE },
    "8f7d2c1e-5b0a-4f6e-9d3c-2a1b0c9d8e7f",
  ),
  DeviceName: header(
    "Device-Name",
    "What the owner calls this device, percent-encoded UTF-8 as `encodeURIComponent` makes it; 1 to 80 characters. Counts with the device's first upload; later, `PATCH v1/devices/{id}` renames it.",
    { pattern: "^[\\x20-\\x7e]+$" },
    "Anna%E2%80%99s%20phone",
  ),
  AccountAuthorization: header(
    "Account-Authorization",
    "`Bearer` and an access token of the personal account that is to be proven, signed in to within the last five minutes. Left out for work accounts.",
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
    "Names the state that the answer tells of, for the `If-Match` of what replaces it.",
    { type: "string" },
    ETAG,
  ),
  RetryAfter: replyHeader(
    "Seconds to wait before the same request is repeated.",
    { type: "integer", minimum: 1 },
    5,
  ),
  WwwAuthenticate: replyHeader(
    "What a client must bring to be let in (RFC 6750 §3, RFC 9449 §7.1). For a sign-in that is too old it says `max_age` (RFC 9470 §3).",
    { type: "string" },
    'Bearer error="insufficient_user_authentication", max_age=600',
  ),
  RequestId: replyHeader(
    "Names this request in the service's log.",
    { type: "string", format: "uuid" },
    "3f2b8c54-6d1e-4a0b-9c7f-5e8d2a1b4c60",
  ),
  CacheControl: replyHeader("The answer may not be kept.", { type: "string", const: "no-store" }, "no-store"),
  CacheControlOfAll: replyHeader(
    "The answer is the same for everybody: it may be kept, if it is asked for again with its ETag.",
    { type: "string", const: "no-cache" },
    "no-cache",
  ),
} satisfies Record<string, Json>;

const parameterRef = (name: keyof typeof HEADERS): Json => ({ $ref: `#/components/parameters/${name}` });
export const headerRef = (name: keyof typeof REPLY_HEADERS): Json => ({
  $ref: `#/components/headers/${name}`,
});

/** What a parameter of path or query says. */
const TOLD: Record<string, { description: string; example: string }> = {
  platform: {
    description: "Whose backup: that of the owner's iOS or of their Android devices.",
    example: "android",
  },
  versionId: {
    description: "The id of a version, as `GET v1/backups/{platform}/versions` tells it.",
    example: "",
  },
  id: { description: "The id that an earlier answer told.", example: "" },
  capability: {
    description: "The secret part of the link. Whoever has it may use it, for thirty days.",
    example: "",
  },
  sweep: { description: "Which sweep.", example: "stale" },
  kind: { description: "The last part of a problem's `type`.", example: "stale-precondition" },
  custody: {
    description:
      "Who keeps the sealed copy: `client` gets an `envelope` back for the owner's own cloud drive; `service` keeps it here. If left out, `client` on iOS and `service` on Android.",
    example: "service",
  },
  generation: {
    description: "The generation of the device's last upload or recovery; a whole number.",
    example: "1",
  },
  digest: {
    description: "The digest that came with that generation. Only together with `generation`.",
    example: "",
  },
  before: { description: "The `next` of the former page; the newest page if left out.", example: "100" },
  confirm: { description: "Must be sent: nothing comes back.", example: "erase-everything" },
  language: { description: "The language of the page; English for anything else.", example: "en" },
};

/** All of an operation, those of the path first. `shown`: values from its first example. */
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
    if (!told) throw new Error(`infra/reference/parameters.ts says nothing of the parameter ${name}`);
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

/** Anything else counts as that, and so does nothing. */
const hasFallback = (schema: z.ZodType, name: string): boolean =>
  schema instanceof z.ZodObject && schema.shape[name] instanceof z.ZodCatch;
