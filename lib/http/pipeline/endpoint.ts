/** An endpoint as data: who may call it, what it takes, what it answers. Handler, tests and docs read it. */
import type { HttpMethod } from "@azure/functions";
import * as z from "zod";
import type { Precondition } from "../../domain/backup/head.ts";
import type { Admitted } from "../../domain/device.ts";
import type { Failure, FailureKind } from "../../domain/failure.ts";
import type { Heads } from "../../domain/owner/owner-state.ts";
import type { StoredOwner } from "../../domain/owner/owner-store.ts";
import type { Caller, SignIn } from "../../domain/owner.ts";
import type { Provider, ProviderRole } from "../../domain/step-up/provider.ts";
import type { ProblemKind } from "../problems/problems.ts";
import type { Services } from "../services.ts";

export type OwnerAccess = "owner" | "owner-fresh";
export type ProviderAccess = `provider:${ProviderRole}`;

/**
 * `owner`: token and device proof. `owner-fresh`: also a fresh sign-in. `provider:…`: the token of a
 * registered app with that role. `capability`: the link itself.
 */
export type Access = "anonymous" | "capability" | OwnerAccess | ProviderAccess;

type Principal<A extends Access> = A extends OwnerAccess
  ? {
      caller: Caller;
      /** Everything stored about the owner; `heads` are the backups in it. */
      held: StoredOwner | undefined;
      heads: Heads;
      /** The sign-in to the account to be proven, if the endpoint takes one and the request has it. */
      accountSignIn: SignIn | undefined;
      /** Why the app's version would be refused, if the endpoint tolerates any. */
      appTooOld: Failure | undefined;
      /** Why nothing stored can be opened, if the endpoint tolerates that. */
      damage: Failure | undefined;
    }
  : A extends ProviderAccess
    ? { provider: Provider }
    : unknown;

type Replies = Record<number, z.ZodType>;

/**
 * One of the declared replies. A status whose schema is z.undefined() has no body. `reopened`: the endpoint
 * had to open something sealed, which it seldom does; the log says so. `styleHash`: the hash of a built
 * page's styles.
 */
type ReplyOf<R extends Replies> = {
  [S in keyof R & number]: {
    status: S;
    body: z.input<R[S]>;
    etag?: string | undefined;
    reopened?: boolean;
    styleHash?: string;
  };
}[keyof R & number];

type Input<A extends Access, P, Q, B, C> = {
  params: P;
  query: Q;
  body: B;
  /** A compact JWE in place of `body`, if the endpoint takes one and the request has it. */
  jwe: string | undefined;
  precondition: C extends true ? Precondition : undefined;
  /** ETags that the caller has. This and the next two are empty unless the endpoint takes them. */
  knownEtags: string[];
  idempotencyKey: string | undefined;
  deviceName: string | undefined;
  now: Date;
} & Principal<A>;

/** What a request may have besides parameters and body. */
type Takes<C extends boolean> = {
  /** If-Match or If-None-Match: required. */
  precondition?: C;
  /** If-None-Match with ETags that the caller has; a match gets 304. */
  knownEtags?: boolean;
  /** Idempotency-Key: repeats with the same key take effect once. */
  idempotencyKey?: boolean;
  deviceName?: boolean;
  /** Account-Authorization: an access token of a personal account. */
  accountSignIn?: boolean;
  /** A device-sealed document as application/jose, in place of the body. */
  jwe?: boolean;
  /** The client's envelope, so the body may be longer than an upload. */
  envelope?: boolean;
};

/** `old-app`: the app is older than the settings allow. `damage`: nothing stored can be opened. */
type Tolerated = "old-app" | "damage";

export type Endpoint<
  A extends Access = Access,
  P extends z.ZodType = z.ZodType,
  Q extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
  C extends boolean = boolean,
  R extends Replies = Replies,
> = {
  name: string;
  summary: string;
  method: HttpMethod;
  route: string;
  access: A;
  /** Registered devices only, or others, too; the use case then decides what an unregistered one may do. */
  devices: Admitted;
  takes: Takes<C>;
  /** What other endpoints refuse, and this one reports or repairs. */
  tolerates: readonly Tolerated[];
  /** Notes that a body was refused, so that staleness can say since when. */
  notesRefusals: boolean;
  /**
   * May start from the owner as this instance stored it moments ago: it ends in a conditional write, or
   * starts over with a fresh read.
   */
  startsAtHand: boolean;
  /** Replies may carry the ETag of the state they describe. */
  tagged: boolean;
  /** Answers HTML pages instead of JSON. */
  page: boolean;
  request: { params: P; query: Q; body: B };
  replies: R;
  /** The use case's own refusals; `problemsOf` adds those that follow from the rest of the declaration. */
  problems: readonly FailureKind[];
  handle(
    input: Input<A, z.infer<P>, z.infer<Q>, z.infer<B>, C>,
    services: Services,
  ): Promise<ReplyOf<R>> | ReplyOf<R>;
};

type Optional =
  | "devices"
  | "takes"
  | "tolerates"
  | "notesRefusals"
  | "startsAtHand"
  | "tagged"
  | "page"
  | "request"
  | "problems"
  | "replies";

export const Nothing = z.undefined();
export const NoParameters = z.strictObject({});

/** Fills in the defaults: no parameters, no body, no precondition, registered devices only. */
export function endpoint<
  A extends Access,
  R extends Replies,
  P extends z.ZodType = typeof NoParameters,
  Q extends z.ZodType = typeof NoParameters,
  B extends z.ZodType = typeof Nothing,
  C extends boolean = false,
>(
  definition: Omit<Endpoint<A, P, Q, B, C, NoInfer<R>>, Optional> & {
    replies: R;
    devices?: Admitted;
    takes?: Takes<C>;
    tolerates?: readonly Tolerated[];
    notesRefusals?: boolean;
    startsAtHand?: boolean;
    tagged?: boolean;
    page?: boolean;
    request?: { params?: P; query?: Q; body?: B };
    problems?: readonly FailureKind[];
  },
) {
  const { params = NoParameters, query = NoParameters, body = Nothing } = definition.request ?? {};
  return {
    devices: "registered" as const,
    takes: {},
    tolerates: [],
    notesRefusals: false,
    startsAtHand: false,
    tagged: false,
    page: definition.access === "capability",
    problems: [],
    ...definition,
    request: { params, query, body },
  };
}

export const takesBody = ({ request }: Pick<Endpoint, "request">) => request.body !== Nothing;

export const isOwnerAccess = (access: Access): access is OwnerAccess =>
  access === "owner" || access === "owner-fresh";
export const isProviderAccess = (access: Access): access is ProviderAccess => access.startsWith("provider:");

/** Answers everybody the same, so caches may store it and revalidate by ETag. */
export const isForAll = ({ access, tagged }: Pick<Endpoint, "access" | "tagged">) =>
  access === "anonymous" && tagged;

const STORAGE: ProblemKind[] = ["backup-unreadable", "storage-unavailable"];
const TOKEN: ProblemKind[] = ["not-signed-in", "identity-unavailable", ...STORAGE];
const PROVIDER: ProblemKind[] = [...TOKEN, "role-missing", "account-not-yours", "vault-unavailable"];
/** If nothing is stored about an owner, an erasure may be on record; opening that record needs the vault. */
const ERASED: ProblemKind[] = ["vault-unavailable"];
const PROOF: ProblemKind[] = ["proof-invalid", "clock-skewed"];
const OWNER: ProblemKind[] = [
  ...TOKEN,
  ...ERASED,
  ...PROOF,
  "device-revoked",
  "device-suspended",
  "app-too-old",
];
const REGISTERED: ProblemKind[] = ["device-unknown"];
const FRESH: ProblemKind[] = ["sign-in-too-old", "sign-in-time-missing"];
const ACCOUNT: ProblemKind[] = ["account-sign-in-required", "account-not-proven", "sign-in-time-missing"];
const BODY: ProblemKind[] = ["body-required", "length-required", "body-too-large", "unsupported-media-type"];
const CONDITIONAL: ProblemKind[] = ["precondition-required", "stale-precondition", "busy"];

type Declaration = Pick<Endpoint, Exclude<keyof Endpoint, "handle">>;

/** Every problem that an endpoint can answer, each once. */
export const problemsOf = (endpoint: Declaration): ProblemKind[] => [...new Set(listProblems(endpoint))];

const listProblems = (endpoint: Declaration): ProblemKind[] => [
  "unexpected",
  "invalid-request",
  ...(isOwnerAccess(endpoint.access) ? OWNER : []),
  ...(isProviderAccess(endpoint.access) ? PROVIDER : []),
  ...(endpoint.access === "capability" ? STORAGE : []),
  ...(isOwnerAccess(endpoint.access) && endpoint.devices === "registered" ? REGISTERED : []),
  ...(endpoint.takes.accountSignIn ? ACCOUNT : []),
  ...(endpoint.access === "owner-fresh" ? FRESH : []),
  ...(takesBody(endpoint) ? BODY : []),
  ...(endpoint.takes.precondition ? CONDITIONAL : []),
  ...(endpoint.takes.idempotencyKey ? (["idempotency-key-reused"] as const) : []),
  ...endpoint.problems,
];
