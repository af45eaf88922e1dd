/** An endpoint as data: what may call it, what it takes, all it can answer. Requests, tests and documents read the same declaration. */
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
 * `owner`: token and device proof. `owner-fresh`: and a fresh sign-in. `provider:…`: a registered app's token
 * with that role. `capability`: whoever has the link.
 */
export type Access = "anonymous" | "capability" | OwnerAccess | ProviderAccess;

type Principal<A extends Access> = A extends OwnerAccess
  ? {
      caller: Caller;
      /** All that is stored of the owner, and the backups in it. */
      held: StoredOwner | undefined;
      heads: Heads;
      /**
       * The sign-in to the account that is to be proven, where the endpoint takes one and the request brings
       * it.
       */
      accountSignIn: SignIn | undefined;
      /** Why the app's version would be refused, where the endpoint takes any. */
      appTooOld: Failure | undefined;
      /** Why nothing stored can be opened, where the endpoint takes that. */
      damage: Failure | undefined;
    }
  : A extends ProviderAccess
    ? { provider: Provider }
    : unknown;

type Replies = Record<number, z.ZodType>;

/**
 * One of the declared replies. A status whose schema is z.undefined() has no body. `reopened`: something
 * sealed was opened for it, as this endpoint seldom does; the log says so. `styleHash`: of a page whose
 * styles are known by their hash.
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
  /** A compact JWE, where the endpoint takes one and the request brings it; there is no `body` then. */
  jwe: string | undefined;
  precondition: C extends true ? Precondition : undefined;
  /** What the caller has already, where the endpoint takes that. */
  knownEtags: string[];
  /** Where the endpoint takes one and the request names it. */
  idempotencyKey: string | undefined;
  /** Where the endpoint takes one and the request brings it. */
  deviceName: string | undefined;
  now: Date;
} & Principal<A>;

/** What a request may bring beside parameters and body. */
type Takes<C extends boolean> = {
  /** If-Match or If-None-Match: required. */
  precondition?: C;
  /** If-None-Match with what the caller has: answered 304 for that. */
  knownEtags?: boolean;
  /** Idempotency-Key: repeated with the same one, it is done once. */
  idempotencyKey?: boolean;
  /** Device-Name. */
  deviceName?: boolean;
  /** Account-Authorization: an access token of a personal account. */
  accountSignIn?: boolean;
  /** A document that the device has sealed itself, as application/jose, in the body's place. */
  jwe?: boolean;
  /** An envelope that the client kept, so that the body may be longer than an upload. */
  envelope?: boolean;
};

/** `old-app`: older than the settings allow. `damage`: nothing stored can be opened. */
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
  /** Those that are registered, or any; the decision says what they may do. */
  devices: Admitted;
  takes: Takes<C>;
  /** What is refused elsewhere, and told or made good by this endpoint. */
  tolerates: readonly Tolerated[];
  /** That a body was refused is noted: staleness tells since when. */
  notesRefusals: boolean;
  /**
   * May begin with the owner as this instance has stored it moments ago: it ends in a change that is stored
   * in its place, or begins anew.
   */
  startsAtHand: boolean;
  /** What it answers may carry the ETag of the state that it tells. */
  tagged: boolean;
  /** Answers pages for people, not JSON. */
  page: boolean;
  request: { params: P; query: Q; body: B };
  replies: R;
  /**
   * What it can refuse for reasons of its own; `problemsOf` adds what follows from the rest of the
   * declaration.
   */
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

/**
 * Fills in what most endpoints don't need: no parameters, no body, no precondition, registered devices only.
 */
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

/** Answers everybody the same: that may be kept, if it is asked for again by its ETag. */
export const isForAll = ({ access, tagged }: Pick<Endpoint, "access" | "tagged">) =>
  access === "anonymous" && tagged;

const STORAGE: ProblemKind[] = ["backup-unreadable", "storage-unavailable"];
const TOKEN: ProblemKind[] = ["not-signed-in", "identity-unavailable", ...STORAGE];
const PROVIDER: ProblemKind[] = [...TOKEN, "role-missing", "account-not-yours", "vault-unavailable"];
/**
 * The vault: where nothing is stored of an owner, an erasure may be remembered, and what is remembered is
 * sealed.
 */
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
const CLOSED: ProblemKind[] = ["device-unknown"];
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
  ...(isOwnerAccess(endpoint.access) && endpoint.devices === "registered" ? CLOSED : []),
  ...(endpoint.takes.accountSignIn ? ACCOUNT : []),
  ...(endpoint.access === "owner-fresh" ? FRESH : []),
  ...(takesBody(endpoint) ? BODY : []),
  ...(endpoint.takes.precondition ? CONDITIONAL : []),
  ...(endpoint.takes.idempotencyKey ? (["idempotency-key-reused"] as const) : []),
  ...endpoint.problems,
];
