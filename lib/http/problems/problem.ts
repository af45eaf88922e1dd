/** Problem documents (RFC 9457), the form in which clients get refusals. */
import * as z from "zod";
import { AccountName } from "../../domain/account.ts";
import { Failure } from "../../domain/failure.ts";
import { type ProblemKind, problems, RETRIES } from "./problems.ts";

/** The member that the device's accounts must also have, to tell accounts of one name apart. */
export const AskAgain = z.tuple([z.literal("fingerprint")]);

/** The current plan, in place of an outdated one. */
const Plan = z.strictObject({
  id: z.string(),
  accounts: z.array(z.strictObject({ outcome: z.string(), reason: z.string(), account: AccountName })),
});

/** RFC 9457 §3. The optional members appear only with the kinds that use them. */
export const Problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string(),
  remedy: z.string(),
  retry: z.enum(RETRIES),
  errors: z.array(z.strictObject({ at: z.string(), detail: z.string() })).optional(),
  /** Counts all faults. `errors` shows a hundred at most, one of each bad entry of a list first. */
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
  /** The service's time, and how far the device proof's time is ahead of it (negative: behind). */
  serverTime: z.iso.datetime().optional(),
  skewSeconds: z.int().optional(),
  /** The methods that the route accepts, as in the header Allow. */
  allow: z.array(z.string()).optional(),
  /** All routes, such as `GET v1/backups`, relative to the API's address. */
  routes: z.array(z.string()).optional(),
});
export type Problem = z.infer<typeof Problem>;

/**
 * A relative reference with its full path (RFC 9457 §3.1.1): it leads to the problem's page on the host that
 * answered. All deployments use the same one, so clients may compare it as a string.
 */
export const typeOf = (kind: ProblemKind) => `/api/problems/${kind}`;

export const kindOf = (error: unknown): ProblemKind => (error instanceof Failure ? error.kind : "unexpected");

/** Only a Failure's own words reach the client; any other error becomes `unexpected`, without its message. */
export function problemOf(error: unknown, requestId: string): Problem {
  const kind = kindOf(error);
  const { status, title, remedy, retry } = problems[kind];
  const told =
    error instanceof Failure
      ? { detail: error.message, ...error.details }
      : { detail: title, retryAfterSeconds: 5 };
  return { type: typeOf(kind), title, status, instance: `urn:uuid:${requestId}`, remedy, retry, ...told };
}
