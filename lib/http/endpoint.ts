/** An endpoint as data: what may call it, what it takes, all it can answer. Requests, tests and documents read the same declaration. */
import type { HttpMethod } from "@azure/functions";
import * as z from "zod";
import type { FailureKind } from "../domain/failure.ts";
import type { Precondition } from "../domain/head.ts";
import type { Caller } from "../domain/owner.ts";
import type { Heads } from "./admit.ts";
import type { ProblemKind } from "./problem.ts";
import type { Services } from "./services.ts";

/** `owner`: token and device proof. `owner-fresh`: and a fresh sign-in. */
export type Access = "anonymous" | "owner" | "owner-fresh";

type Replies = Record<number, z.ZodType>;

/** One of the declared replies. A status whose schema is z.undefined() has no body. */
type ReplyOf<R extends Replies> = {
  [S in keyof R & number]: { status: S; body: z.input<R[S]>; etag?: string | undefined };
}[keyof R & number];

type Input<A extends Access, P, Q, B, C> = {
  params: P;
  query: Q;
  body: B;
  precondition: C extends true ? Precondition : undefined;
  idempotencyKey: string | undefined;
  now: Date;
} & (A extends "anonymous" ? unknown : { caller: Caller; heads: Heads });

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
  /** Devices that aren't registered may call it; the decision says what they may do. */
  newcomers: boolean;
  /** If-Match or If-None-Match is required. */
  conditional: C;
  request: { params: P; query: Q; body: B };
  replies: R;
  /** What it can refuse for reasons of its own; `problemsOf` adds what follows from the rest of the declaration. */
  problems: readonly FailureKind[];
  handle(
    input: Input<A, z.infer<P>, z.infer<Q>, z.infer<B>, C>,
    services: Services,
  ): Promise<ReplyOf<R>> | ReplyOf<R>;
};

type Optional = "newcomers" | "conditional" | "request" | "problems" | "replies";

export const Nothing = z.undefined();
export const NoParameters = z.strictObject({});

/** Fills in what most endpoints don't need: no parameters, no body, no precondition, registered devices only. */
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
    newcomers?: boolean;
    conditional?: C;
    request?: { params?: P; query?: Q; body?: B };
    problems?: readonly FailureKind[];
  },
) {
  const { params = NoParameters, query = NoParameters, body = Nothing } = definition.request ?? {};
  return {
    newcomers: false,
    conditional: false,
    problems: [],
    ...definition,
    request: { params, query, body },
  };
}

export const takesBody = ({ request }: Pick<Endpoint, "request">) => request.body !== Nothing;

const OWNER: ProblemKind[] = [
  "not-signed-in",
  "proof-invalid",
  "device-revoked",
  "app-too-old",
  "backup-unreadable",
  "storage-unavailable",
  "identity-unavailable",
];
const BODY: ProblemKind[] = ["body-required", "length-required", "body-too-large", "unsupported-media-type"];
const CONDITIONAL: ProblemKind[] = ["precondition-required", "stale-precondition", "busy"];

/** Every problem that an endpoint can answer. */
export const problemsOf = (endpoint: Pick<Endpoint, Exclude<keyof Endpoint, "handle">>): ProblemKind[] => [
  "unexpected",
  "invalid-request",
  ...(endpoint.access === "anonymous" ? [] : OWNER),
  ...(endpoint.access === "anonymous" || endpoint.newcomers ? [] : (["device-unknown"] as const)),
  ...(endpoint.access === "owner-fresh" ? (["sign-in-too-old"] as const) : []),
  ...(takesBody(endpoint) ? BODY : []),
  ...(endpoint.conditional ? CONDITIONAL : []),
  ...endpoint.problems,
];
