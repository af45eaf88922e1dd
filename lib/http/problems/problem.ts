/** Problem documents (RFC 9457): what a refusal looks like to a client. */
import * as z from "zod";
import { AccountName } from "../../domain/account.ts";
import { Failure } from "../../domain/failure.ts";

import { type ProblemKind, problems, RETRIES } from "./problems.ts";

/** What the accounts of the device must bring, too, so that those of one name are told apart. */
export const AskAgain = z.tuple([z.literal("fingerprint")]);

/** The plan as it would be now. */
const Plan = z.strictObject({
  id: z.string(),
  accounts: z.array(z.strictObject({ outcome: z.string(), reason: z.string(), account: AccountName })),
});

/** RFC 9457 §3; the members after `instance` stand only where they say something. */
export const Problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string(),
  remedy: z.string(),
  retry: z.enum(RETRIES),
  errors: z.array(z.strictObject({ at: z.string(), detail: z.string() })).optional(),
  /** How many there are; of more than a hundred, one of each bad entry of a list comes first. */
  errorsTotal: z.int().optional(),
  generation: z.int().optional(),
  envelopeGeneration: z.int().optional(),
  etag: z.string().optional(),
  minimumVersion: z.string().optional(),
  overlapping: z.array(z.string()).optional(),
  askAgainWith: AskAgain.optional(),
  plan: Plan.optional(),
  triesLeft: z.int().optional(),
  usableInSeconds: z.int().optional(),
  maxAgeSeconds: z.int().optional(),
  /** Until when this device can object to being revoked. */
  suspendedUntil: z.iso.datetime().optional(),
  /** Until when this device may do less than the others. */
  youngUntil: z.iso.datetime().optional(),
  retryAfterSeconds: z.int().optional(),
  /**
   * The present time here, and how far the time in the device proof is ahead of it: negative if it is behind.
   */
  serverTime: z.iso.datetime().optional(),
  skewSeconds: z.int().optional(),
  /** The methods that the route takes, as in the header Allow. */
  allow: z.array(z.string()).optional(),
  /** All routes that there are, such as `GET v1/backups`, relative to the API's address. */
  routes: z.array(z.string()).optional(),
});
export type Problem = z.infer<typeof Problem>;

/**
 * A reference with its full path (RFC 9457 §3.1.1), which leads to the page of the problem on the host that
 * answered. It is the same at every deployment, so clients compare it to the letter.
 */
export const typeOf = (kind: ProblemKind) => `/api/problems/${kind}`;

export const kindOf = (error: unknown): ProblemKind => (error instanceof Failure ? error.kind : "unexpected");

/** Only a Failure's own words reach the client; anything else is `unexpected` and says nothing. */
export function problemOf(error: unknown, requestId: string): Problem {
  const kind = kindOf(error);
  const { status, title, remedy, retry } = problems[kind];
  const told =
    error instanceof Failure
      ? { detail: error.message, ...error.details }
      : { detail: title, retryAfterSeconds: 5 };
  return { type: typeOf(kind), title, status, instance: `urn:uuid:${requestId}`, remedy, retry, ...told };
}
