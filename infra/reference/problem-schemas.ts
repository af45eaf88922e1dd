/** The schema of each kind of problem, and the problem replies of each operation, by status. */
import * as z from "zod";
import { type Endpoint, problemsOf } from "../../lib/http/pipeline/endpoint.ts";
import { wwwAuthenticateFor } from "../../lib/http/pipeline/www-authenticate.ts";
import { typeOf } from "../../lib/http/problems/problem.ts";
import { type ProblemKind, problems } from "../../lib/http/problems/problems.ts";
import { headerRef } from "./parameters.ts";
import type { Json } from "./schemas.ts";

type Members = { always?: Json; sometimes?: Json };

/** The members, as the general schema of problems describes them. */
const Described = z.record(z.string(), z.looseObject({}));

const STAMP = "2026-01-05T08:00:00.000Z";
const FAULTS = [
  { at: "/accounts/0/otp/secret", detail: "must be base32 (RFC 4648 §6): letters and the digits 2 to 7" },
];
const WRONG_CLAIM = [{ at: "DPoP claim htu", detail: "must be https://backup.example/api/v1/backups" }];
const PLAN = {
  id: "q1x0wJ4mYb0kGg4sW3n7Zr5T2c9pLhVdEoA8uKfIyXM",
  accounts: [
    {
      outcome: "restore",
      reason: "in-backup",
      account: { kind: "third-party", issuer: "GitHub", userName: "anna" },
    },
  ],
};

/** Examples of each kind's own members: those it always has, and those it sometimes has. */
const MEMBERS: Partial<Record<ProblemKind, Members>> = {
  "invalid-request": { always: { errors: FAULTS, errorsTotal: 1 } },
  "proof-invalid": { sometimes: { errors: WRONG_CLAIM, errorsTotal: 1 } },
  "clock-skewed": { always: { serverTime: STAMP, skewSeconds: -10800 } },
  "app-too-old": { always: { minimumVersion: "6.6.0" } },
  "device-suspended": { sometimes: { suspendedUntil: STAMP } },
  "device-too-new": { always: { youngUntil: STAMP } },
  "sign-in-too-old": { always: { maxAgeSeconds: 600 } },
  "sign-in-time-missing": { always: { maxAgeSeconds: 600 } },
  "account-sign-in-required": { always: { maxAgeSeconds: 300 } },
  "accounts-overlap": {
    always: { overlapping: ["/existingAccounts/0"] },
    sometimes: { askAgainWith: ["fingerprint"] },
  },
  "plan-outdated": { always: { plan: PLAN } },
  "envelope-outdated": { always: { generation: 3, envelopeGeneration: 2 } },
  "stale-precondition": { always: { generation: 2 }, sometimes: { etag: '"0x8DE4B1F4A2C7D30"' } },
  "answer-wrong": { always: { triesLeft: 4 } },
  "contact-code-required": { always: { maxAgeSeconds: 600 } },
  "contact-unusable": { sometimes: { usableInSeconds: 259200 } },
  "route-not-found": { always: { routes: ["GET v1/backups", "GET health"] } },
  "method-not-allowed": { always: { allow: ["GET", "PUT", "DELETE"] } },
};

const KINDS = Object.keys(problems) as ProblemKind[];

const pascalCase = (kind: ProblemKind): string =>
  kind.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());

const problemName = (kind: ProblemKind): string => `${pascalCase(kind)}Problem`;

const refTo = (kind: ProblemKind) => `#/components/schemas/${problemName(kind)}`;

/** `whole`: the general schema, with the members of all kinds. */
export const problemSchemas = (whole: Json): Record<string, Json> =>
  Object.fromEntries(
    KINDS.map((kind) => [problemName(kind), schemaOf(kind, Described.parse(whole["properties"]))]),
  );

function schemaOf(kind: ProblemKind, all: Record<string, Json>): Json {
  const { status, title, remedy, retry } = problems[kind];
  const repeats = retry === "as-is" ? { retryAfterSeconds: 5 } : {};
  const { always = {}, sometimes = {} } = MEMBERS[kind] ?? {};
  const own = { ...always, ...repeats };
  const example = {
    type: typeOf(kind),
    title,
    status,
    detail: title,
    instance: "urn:uuid:3f2b8c54-6d1e-4a0b-9c7f-5e8d2a1b4c60",
    remedy,
    retry,
    ...own,
    ...sometimes,
  };
  const fixed: Record<string, Json> = {
    type: { type: "string", const: typeOf(kind) },
    status: { type: "integer", const: status },
    retry: { type: "string", const: retry },
  };
  return {
    type: "object",
    description: `${title} ${remedy}`,
    properties: Object.fromEntries(
      Object.keys(example).map((name) => [name, { ...all[name], ...fixed[name] }]),
    ),
    required: Object.keys(example).filter((name) => !(name in sometimes)),
    additionalProperties: false,
    examples: [example],
  };
}

/** Sets of problems that many operations answer with one status. Other sets are written out in place. */
const SHARED: Record<string, ProblemKind[]> = {
  InvalidRequestOrNoBody: ["invalid-request", "body-required"],
  NotLetIn: ["not-signed-in", "proof-invalid", "clock-skewed", "device-revoked"],
  NotLetInWithoutFreshSignIn: [
    "not-signed-in",
    "sign-in-too-old",
    "proof-invalid",
    "clock-skewed",
    "device-revoked",
  ],
  DeviceNotIn: ["device-suspended", "device-unknown"],
  DeviceNotInOrNoSignInTime: ["sign-in-time-missing", "device-suspended", "device-unknown"],
  DeviceNotInOrMayNotRead: ["device-suspended", "device-unknown", "recovery-required"],
  ProviderMayNot: ["role-missing", "account-not-yours"],
  DocumentNotOpened: ["backup-unreadable", "envelope-required", "envelope-outdated", "envelope-unreadable"],
  TooManyMessagesOrTries: ["too-many-messages", "too-many-tries"],
  Unavailable: ["storage-unavailable", "vault-unavailable", "identity-unavailable"],
  UnavailableOrBusy: ["busy", "storage-unavailable", "vault-unavailable", "identity-unavailable"],
};

/** A single problem gives its name to the reply. */
function sharedName(kinds: ProblemKind[]): string | undefined {
  const [first] = kinds;
  if (kinds.length === 1 && first) return pascalCase(first);
  return Object.keys(SHARED).find((name) => SHARED[name]?.join() === kinds.join());
}

/** The kinds that an operation answers, by status, in the order of the table of problems. */
function kindsByStatus(endpoint: Endpoint): [number, ProblemKind[]][] {
  const answered = new Set(problemsOf(endpoint));
  const kinds = KINDS.filter((kind) => answered.has(kind));
  const statuses = [...new Set(kinds.map((kind) => problems[kind].status))].sort((a, b) => a - b);
  return statuses.map((status) => [status, kinds.filter((kind) => problems[kind].status === status)]);
}

const isPage = ({ access }: Endpoint) => access === "capability";

/** The replies that operations share, by their names in the document. */
export function sharedProblemReplies(all: Endpoint[]): Record<string, Json> {
  const answered = all.filter((endpoint) => !isPage(endpoint)).flatMap(kindsByStatus);
  const named = answered.flatMap(([, kinds]) => {
    const name = sharedName(kinds);
    return name ? [[name, replyOf(kinds)] as const] : [];
  });
  return Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The refusals of an operation, by status. Pages for people describe the refusal without its kind. */
export const problemReplies = (endpoint: Endpoint): [number, Json][] =>
  kindsByStatus(endpoint).map(([status, kinds]) => {
    if (isPage(endpoint)) return [status, pageOf(kinds)];
    const name = sharedName(kinds);
    return [status, name ? { $ref: `#/components/responses/${name}` } : replyOf(kinds)];
  });

const headersFor = (kinds: ProblemKind[]): Json => ({
  "Cache-Control": headerRef("CacheControl"),
  "X-Request-Id": headerRef("RequestId"),
  ...(kinds.some(isChallenged) && { "WWW-Authenticate": headerRef("WwwAuthenticate") }),
  ...(kinds.some((kind) => problems[kind].retry === "as-is") && { "Retry-After": headerRef("RetryAfter") }),
});

const isChallenged = (kind: ProblemKind): boolean =>
  wwwAuthenticateFor(kind, { maxAgeSeconds: 1, accountMaxAgeSeconds: 1, authContexts: [] }) !== undefined;

const told = (kinds: ProblemKind[]): string =>
  kinds.map((kind) => `- \`${kind}\`: ${problems[kind].title}`).join("\n");

function schemaOfOne(kinds: ProblemKind[]): Json {
  const [first, ...others] = kinds;
  if (first && others.length === 0) return { $ref: refTo(first) };
  const mapping = Object.fromEntries(kinds.map((kind) => [typeOf(kind), refTo(kind)]));
  return {
    oneOf: kinds.map((kind) => ({ $ref: refTo(kind) })),
    discriminator: { propertyName: "type", mapping },
  };
}

const replyOf = (kinds: ProblemKind[]): Json => ({
  description: told(kinds),
  headers: headersFor(kinds),
  content: { "application/problem+json": { schema: schemaOfOne(kinds) } },
});

const pageOf = (kinds: ProblemKind[]): Json => ({
  description: told(kinds),
  headers: headersFor(kinds),
  content: { "text/html": { schema: { type: "string" } } },
});
